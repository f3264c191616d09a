#!/usr/bin/env bash
# scripts/plot.sh [DIR...] [OPTIONS]: sets up what is missing, gnuplot too, then draws a run or several: synod plot.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

install_packages gnuplot-nox
set_up
exec_synod plot "$@"
