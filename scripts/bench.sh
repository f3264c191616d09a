#!/usr/bin/env bash
# scripts/bench.sh [--json FILE] [--plots DIR] [--compare OLD.json] [--only REGEX] [--seconds S] [--rounds N] [--micro]:
# how fast it is here, whole clusters and beside them a program without the protocol.
# scripts/bench.sh failover [--leader ORACLE] [--trials N] [--faults kill,pause,cut] [--json FILE]: how long nothing is
# delivered when the leader is killed, paused or cut off, under load.
# scripts/bench.sh library [--seconds S] [--size BYTES]: three members of the library in one process.
# scripts/bench.sh service [--seconds S] [--rounds N] [--json FILE]: the replicated store beside Redis, and how long clients
# wait when its leader is killed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if [ "${1:-}" = failover ]; then
    "$root/scripts/setup.sh" synod
    exec python3 -B "$root/bench/failover.py" "$root/build/release" "${@:2}"
fi
if [ "${1:-}" = library ]; then
    "$root/scripts/setup.sh" synod_members
    exec "$root/build/release/bench/synod_members" "${@:2}"
fi
if [ "${1:-}" = service ]; then
    install_packages redis-server redis-tools
    "$root/scripts/setup.sh" synod synod_service_load
    exec python3 -B "$root/bench/service.py" "$root/build/release" "${@:2}"
fi
case " $* " in
    *" --plots "*) install_packages gnuplot-nox ;;
esac
if [ "$(id -u)" -eq 0 ]; then # else there can be no network namespaces
    install_packages iproute2 ethtool
fi
"$root/scripts/setup.sh" synod synod_micro synod_limit synod_count_allocations
exec python3 -B "$root/bench/matrix.py" "$root/build/release" "$@"
