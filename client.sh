#!/usr/bin/env bash
# ./client.sh <id> <conf> [OPTIONS]: one client; see: ./client.sh --help
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/scripts/common.sh"
exec_synod client "$@"
