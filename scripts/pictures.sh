#!/usr/bin/env bash
# scripts/pictures.sh [NAME...]: draws docs/pictures/*.svg, each from the scenario of its name in tests/scenarios. To
# add one: scripts/pictures.sh takeover duel
# scripts/pictures.sh runs: draws docs/pictures/runs/*.svg, of real processes: no two are the same.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# A leader dies after three values; the fourth needs the next one. From the death on.
draw_takeover() {
    local oracle="$1" died
    shift
    "$synod" run -n 4 -c 1 -l 1 --rate 25 --leader "$oracle" "$@" --kill leader@0.1s --diagram whole.svg > /dev/null
    died="$("$synod" trace --json | sed -n 's/{"at":\([0-9]*\),"event":"crashed".*/\1/p')"
    "$synod" trace --diagram "$root/docs/pictures/runs/takeover_$oracle.svg" --from "$((died / 1000))e-6"
    say "docs/pictures/runs/takeover_$oracle.svg"
}

draw_runs() {
    local place
    mkdir -p docs/pictures/runs
    place="$(mktemp -d)"
    cd "$place"
    draw_takeover ble
    draw_takeover lowest-id --leader-ping 20ms --leader-suspect 50ms
    draw_takeover bully --leader-ping 20ms --leader-suspect 50ms
    draw_takeover none
    cd "$root"
    rm -r "$place"
}

set_up
cd "$root"
if [ $# -eq 0 ]; then
    for picture in docs/pictures/*.svg; do
        set -- "$@" "$(basename "$picture" .svg)"
    done
elif [ "$*" = runs ]; then
    draw_runs
    exit
fi
for name in "$@"; do
    "$synod" sim --scenario "tests/scenarios/$name.scenario" --diagram "docs/pictures/$name.svg" > /dev/null
    say "docs/pictures/$name.svg"
done
