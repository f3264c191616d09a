#!/usr/bin/env bash
# scripts/pictures.sh: draws docs/pictures/*.svg, each from the scenario of its name in tests/scenarios. To add one:
# scripts/pictures.sh takeover duel
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

set_up
mkdir -p "$root/docs/pictures"
cd "$root"
if [ $# -eq 0 ]; then
    for picture in docs/pictures/*.svg; do
        set -- "$@" "$(basename "$picture" .svg)"
    done
fi
for name in "$@"; do
    "$synod" sim --scenario "tests/scenarios/$name.scenario" --diagram "docs/pictures/$name.svg" > /dev/null
    say "docs/pictures/$name.svg"
done
