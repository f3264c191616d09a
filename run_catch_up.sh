#!/usr/bin/env bash
# ./run_catch_up.sh [DIR] N [OPTIONS]: the same, the last learner and client starting when the first is done.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/scripts/course_run.sh"
course_run ./run_catch_up.sh --catchup -- "$@"
