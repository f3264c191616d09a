#!/usr/bin/env bash
# scripts/cleanup.sh: stops every process of this checkout's synod, and no other.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# The processes that run an executable of this checkout (even one that was built anew since).
ours() {
    local process exe
    for process in /proc/[0-9]*; do
        exe="$(readlink "$process/exe" 2> /dev/null || true)"  # gone by now, or somebody else's
        case "${exe% (deleted)}" in
            "$root"/build/*/synod) echo "${process#/proc/}" ;;
        esac
    done
}

# Sends a signal to the processes named, and waits until they are gone, for at most two seconds.
stop() {
    local signal="$1" pid
    shift
    kill "-$signal" "$@" 2> /dev/null || true  # some may have ended by themselves
    for pid in "$@"; do
        timeout 2 tail --pid="$pid" -f /dev/null || true  # who does not end is looked for again
    done
}

mapfile -t pids < <(ours)
if [ ${#pids[@]} -eq 0 ]; then
    echo "nothing runs"
    exit 0
fi
stop TERM "${pids[@]}"
mapfile -t stubborn < <(ours)
if [ ${#stubborn[@]} -gt 0 ]; then
    stop KILL "${stubborn[@]}"
fi
echo "stopped ${#pids[@]} processes"
