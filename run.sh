#!/usr/bin/env bash
# ./run.sh [DIR] N [OPTIONS]: N values from each of 2 clients, through 2 proposers, 3 acceptors, 2 learners.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/scripts/course_run.sh"
course_run ./run.sh -- "$@"
