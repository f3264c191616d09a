#!/usr/bin/env bash
# scripts/setup.sh [TARGET...]: all that a bare Debian 12 needs, then a Release build in build/release (of
# the command `synod`, unless targets are named). A second call is quick and silent.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

install_packages g++ cmake ninja-build pkg-config python3 \
    libfmt-dev nlohmann-json3-dev libcli11-dev libisal-dev libxxhash-dev libedit-dev \
    libgtest-dev libgmock-dev libbenchmark-dev librapidcheck-dev

if [ $# -eq 0 ]; then
    set -- synod
fi
build_preset release "$@"
