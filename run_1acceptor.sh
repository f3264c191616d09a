#!/usr/bin/env bash
# ./run_1acceptor.sh [DIR] N [OPTIONS]: the same with 1 of the 3 acceptors: nothing can be decided.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/scripts/course_run.sh"
course_run ./run_1acceptor.sh --down 2 -- "$@"
