#!/usr/bin/env bash
# scripts/test.sh [CTEST OPTIONS]: sets up what is missing, builds everything, runs every test.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

"$root/scripts/setup.sh" all
if (cd "$root" && ctest --test-dir build/release --output-on-failure -j "$(nproc)" "$@"); then
    echo "all tests passed"
else
    status=$?
    echo "some tests failed"
    exit "$status"
fi
