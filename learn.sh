#!/usr/bin/env bash
# ./learn.sh <id> <conf> [OPTIONS]: ./learner.sh under its other name.
set -euo pipefail
exec "$(dirname "${BASH_SOURCE[0]}")/learner.sh" "$@"
