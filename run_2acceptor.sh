#!/usr/bin/env bash
# ./run_2acceptor.sh [DIR] N [OPTIONS]: the same with 2 of the 3 acceptors.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/scripts/course_run.sh"
course_run ./run_2acceptor.sh --down 1 -- "$@"
