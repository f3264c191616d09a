#!/usr/bin/env bash
# ./proposer.sh <id> <conf> [OPTIONS]: one proposer; see: ./proposer.sh --help
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/scripts/common.sh"
exec_synod proposer "$@"
