#!/usr/bin/env bash
# scripts/bench.sh [--json FILE] [--seconds S] [--repeats N] [--no-micro]: how fast it is here: the steps of the core and
# the codec by themselves, then whole clusters, each the median of three runs with the lowest and the highest.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

"$root/scripts/setup.sh" synod synod_micro
exec python3 -B "$root/scripts/bench.py" "$root/build/release" "$@"
