#!/usr/bin/env bash
# scripts/bench.sh [--json FILE] [--plots DIR] [--compare OLD.json] [--only REGEX] [--seconds S] [--rounds N] [--micro]:
# how fast it is here, whole clusters and beside them a program without the protocol.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

case " $* " in
    *" --plots "*) install_packages gnuplot-nox ;;
esac
"$root/scripts/setup.sh" synod synod_micro synod_limit
exec python3 -B "$root/bench/matrix.py" "$root/build/release" "$@"
