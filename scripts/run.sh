#!/usr/bin/env bash
# scripts/run.sh [OPTIONS]: sets up what is missing, then runs a whole cluster: synod run [OPTIONS].
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

set_up
exec_synod run "$@"
