#!/usr/bin/env bash
# ./learn.sh <id> <conf> [OPTIONS]: one learner; see: ./learn.sh --help
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/scripts/common.sh"
exec_synod learner "$@"
