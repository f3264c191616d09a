#!/usr/bin/env bash
# ./run_loss.sh [DIR] N [OPTIONS]: the same, every receiver dropping a tenth of its datagrams.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/scripts/course_run.sh"
course_run ./run_loss.sh --loss 0.1 -- "$@"
