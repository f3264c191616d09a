#!/usr/bin/env bash
# scripts/test.sh [CTEST OPTIONS]: sets up what is missing, builds everything, runs every test. Tests of real
# processes measure real time, and the machine may be busy: one that fails is run once more, and both are shown.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

install_packages iproute2 iptables
"$root/scripts/setup.sh" all
if (cd "$root" && ctest --test-dir build/release --output-on-failure -j "$(nproc)" -LE e2e "$@" &&
    ctest --test-dir build/release --output-on-failure --repeat until-pass:2 -L e2e "$@"); then
    echo "all tests passed"
else
    status=$?
    echo "some tests failed"
    exit "$status"
fi
