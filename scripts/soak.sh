#!/usr/bin/env bash
# scripts/soak.sh [--minutes M] [--loss P] [--round SECONDS] [--seed N]: real clusters under load for so long, while
# processes are killed and stopped at random; what they deliver and how much memory they use is checked.
# scripts/soak.sh sim [--minutes M] [OPTIONS OF synod sim]: simulated clusters instead (10 minutes).
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

set_up
if [ "${1:-}" = sim ]; then
    shift
    [ $# -gt 0 ] || set -- --minutes 10
    exec_synod sim --coverage "$@"
fi
SYNOD="$synod" exec python3 -B "$root/tests/e2e/soak.py" "$@"
