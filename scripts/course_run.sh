# To be sourced by the run scripts at the root: course_run <script> [OPTIONS] -- [DIR] N [OPTIONS].
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

course_run() {
    local script="$1" options=()
    shift
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    shift
    # A directory in front of the number is what other systems need; here it is not.
    if [ $# -gt 0 ] && [[ ! "$1" =~ ^[0-9]+$ ]] && [[ "$1" != -* ]]; then
        shift
    fi
    if [ $# -eq 0 ] || [[ ! "$1" =~ ^[0-9]+$ ]]; then
        say "usage: $script [DIR] N [OPTIONS]    N values of each client; OPTIONS as of: synod run --help"
        exit 2
    fi
    local number="$1"
    shift
    exec "$root/scripts/run.sh" -n "$number" "${options[@]}" "$@"
}
