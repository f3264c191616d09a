#!/usr/bin/env bash
# ./clean.sh: stops every process of this checkout that still runs.
set -euo pipefail
exec "$(dirname "${BASH_SOURCE[0]}")/scripts/cleanup.sh" "$@"
