# What the scripts share. To be sourced; sets `root`, the directory of this checkout.
# shellcheck shell=bash

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck disable=SC2034  # for those who source this
synod="${SYNOD:-$root/build/release/synod}"

say() {
    printf '%s\n' "$*" >&2
}

# Builds the command, unless SYNOD names an executable to use instead.
set_up() {
    [ -n "${SYNOD:-}" ] || "$root/scripts/setup.sh"
}

# Replaces the shell by the built command.
exec_synod() {
    if [ ! -x "$synod" ]; then
        say "synod is not built yet; build it with: scripts/setup.sh"
        exit 1
    fi
    exec "$synod" "$@"
}

# Installs those of the Debian packages that are missing.
install_packages() {
    local missing=() package
    command -v dpkg-query > /dev/null || return 0
    for package in "$@"; do
        # dpkg-query fails for a package that it has never heard of.
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null || true)" = installed ] ||
            missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0

    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo > /dev/null; then
            say "These packages are missing, and installing them takes root: ${missing[*]}"
            say "Let an administrator run: apt-get install ${missing[*]}"
            exit 1
        fi
        as_root=(sudo)
    fi
    say "installing ${missing[*]}"
    if ! { "${as_root[@]}" apt-get update -qq &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >&2; then
        say "The packages could not be installed (see above): ${missing[*]}"
        exit 1
    fi
}

# Builds; the first time one sees it go on, later only what fails is said.
run_ninja() {
    local directory="$1"
    shift
    if [ -x "$directory/synod" ]; then
        # grep fails when it lets nothing through; what ninja says of itself still counts (pipefail).
        ninja --quiet -C "$directory" "$@" | { grep -v '^ninja: no work to do' || true; }
    else
        ninja -C "$directory" "$@"
    fi
}

# What ccache needs to be told before it caches what is compiled with precompiled headers (ccache(1)).
export CCACHE_SLOPPINESS="${CCACHE_SLOPPINESS:-pch_defines,time_macros}"

# Configures a preset of CMakePresets.json once, and builds targets of it. Several callers at once wait
# for each other; with nothing to do it says nothing.
build_preset() {
    local preset="$1" directory="$root/build/$1" launcher=() lock
    shift
    mkdir -p "$directory"
    exec {lock}> "$root/build/.$preset.lock"
    flock "$lock"
    if [ ! -f "$directory/build.ninja" ]; then
        if command -v ccache > /dev/null; then
            launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
        fi
        say "configuring $directory"
        (cd "$root" && cmake --preset "$preset" "${launcher[@]}" > "$directory/configure.log" 2>&1) || {
            cat "$directory/configure.log" >&2
            say "configuring failed"
            exit 1
        }
    fi
    run_ninja "$directory" "$@" >&2 || {
        say "building failed"
        exit 1
    }
    exec {lock}>&-
}
