#!/usr/bin/env bash
# scripts/test.sh [CTEST OPTIONS]: sets up what is missing, builds everything, runs every test. Tests of real
# processes measure real time, and the machine may stand still: tests/e2e/patiently.py then runs what failed again,
# and what went wrong is said at the end.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

install_packages ethtool gnuplot-nox iproute2 iptables procps redis-server redis-tools
"$root/scripts/setup.sh" all
if (cd "$root" && ctest --test-dir build/release --output-on-failure -j "$(nproc)" -LE e2e "$@" &&
    ctest --test-dir build/release --output-on-failure -L e2e "$@"); then
    grep '^passed later: ' "$root/build/release/Testing/Temporary/LastTest.log" || true  # mostly nothing
    echo "all tests passed"
else
    status=$?
    echo "some tests failed"
    exit "$status"
fi
