#!/usr/bin/env bash
# scripts/rewrite_traces.sh: writes tests/scenarios/*.trace, and of them the pictures in docs/pictures, anew: for a
# change that is meant to change what happens. Read the difference before it is committed: git diff tests/scenarios
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

set_up
cd "$root"
for scenario in tests/scenarios/*.scenario; do
    "$synod" sim --scenario "$scenario" --trace > "${scenario%.scenario}.trace"
done
scripts/pictures.sh
