#!/usr/bin/env bash
# ./learner.sh <id> <conf> [OPTIONS]: one learner; see: ./learner.sh --help
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/scripts/common.sh"
exec_synod learner "$@"
