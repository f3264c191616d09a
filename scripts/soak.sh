#!/usr/bin/env bash
# scripts/soak.sh [--minutes M] [--loss P] [--round SECONDS] [--seed N]: real clusters under load for so long, while
# processes are killed and stopped at random; what they deliver and how much memory they use is checked.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

set_up
SYNOD="$synod" exec python3 -B "$root/tests/e2e/soak.py" "$@"
