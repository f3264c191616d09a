#!/usr/bin/env bash
# scripts/check.sh [DIR] [OPTIONS]: checks the files of the last run again: synod check.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

set_up
exec_synod check "$@"
