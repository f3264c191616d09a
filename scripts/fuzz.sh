#!/usr/bin/env bash
# scripts/fuzz.sh [SECONDS [FUZZER...]]: feeds hostile bytes to what reads them: datagrams to live roles (host),
# a client's stream to the key-value store (resp), configurations to their parser (json), snapshots to the server
# that asked for one (snapshot). First what was found before (tests/fuzz), then for so many seconds each (60) what
# libFuzzer makes of it.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

seconds="${1:-60}"
shift $(($# > 0))
if [ $# -eq 0 ]; then
    set -- host resp json snapshot
fi

corpus_of() {
    case "$1" in
        host) printf '%s' "$root/tests/fuzz/corpus" ;;
        *) printf '%s' "$root/tests/fuzz/$1_corpus" ;;
    esac
}

fuzz() {
    local fuzzer="$root/build/fuzz/tests/fuzz/$1_fuzzer" corpus found="$root/build/fuzz/found/$1"
    corpus="$(corpus_of "$1")"
    "$fuzzer" -runs=0 "$corpus" 2> "$root/build/fuzz/replay-$1.log" || {
        cat "$root/build/fuzz/replay-$1.log" >&2
        exit 1
    }
    say "$1: the corpus is clean: $(find "$corpus" -type f | wc -l) inputs"
    [ "$seconds" -gt 0 ] || return 0
    mkdir -p "$found"
    "$fuzzer" -max_total_time="$seconds" -max_len=4096 -print_final_stats=1 -artifact_prefix="$found/" \
        "$found" "$corpus"
}

install_packages clang libclang-rt-14-dev
build_preset fuzz "${@/%/_fuzzer}"
# As many at once as there are processors.
failed=0
for name in "$@"; do
    [ "$(jobs -rp | wc -l)" -lt "$(nproc)" ] || wait -n || failed=1
    fuzz "$name" &
done
while [ -n "$(jobs -p)" ]; do
    wait -n || failed=1
done
exit "$failed"
