#!/usr/bin/env bash
# scripts/fuzz.sh [SECONDS]: feeds hostile datagrams to live roles. First what was found before
# (tests/fuzz/corpus), then for so many seconds (60) what libFuzzer makes of it.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

install_packages clang libclang-rt-14-dev
build_preset fuzz host_fuzzer
fuzzer="$root/build/fuzz/tests/fuzz/host_fuzzer"
corpus="$root/tests/fuzz/corpus"

"$fuzzer" -runs=0 "$corpus" 2> "$root/build/fuzz/replay.log" || {
    cat "$root/build/fuzz/replay.log" >&2
    exit 1
}
say "the corpus is clean: $(find "$corpus" -type f | wc -l) inputs"
seconds="${1:-60}"
[ "$seconds" -gt 0 ] || exit 0
mkdir -p "$root/build/fuzz/found"
exec "$fuzzer" -max_total_time="$seconds" -max_len=4096 -print_final_stats=1 \
    -artifact_prefix="$root/build/fuzz/found/" "$root/build/fuzz/found" "$corpus"
