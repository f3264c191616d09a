#!/usr/bin/env bash
# ./acceptor.sh <id> <conf> [OPTIONS]: one acceptor; see: ./acceptor.sh --help
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/scripts/common.sh"
exec_synod acceptor "$@"
