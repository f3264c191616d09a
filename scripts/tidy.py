#!/usr/bin/env python3
"""scripts/tidy.py [LAYER...]: clang-tidy, with the checks of .clang-tidy, on the sources of these layers (of all).

Most of what clang-tidy takes is other people's headers, again for each source; so the sources of a layer are
looked at together, as includes of one. It is called UnifiedSource: by that name the static analyzer knows that
what it includes are sources, too. Flags are those of the build with the sanitizers (scripts/common.sh, asan)."""

import json
import os
import pathlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "asan"
UNIFIED = ROOT / "build" / "tidy"
TOGETHER = 26  # sources, at most


def layers(wanted):
    found = sorted(path.name for path in (ROOT / "src" / "synod").iterdir() if path.is_dir())
    unknown = set(wanted) - set(found)
    if unknown:
        sys.exit(f"tidy.py: no layer {', '.join(sorted(unknown))}; expected some of {', '.join(found)}")
    return wanted or found


def flags_of(layer, commands):
    """What the build gives to a source of the layer, without its name and that of its object."""
    for entry in commands:
        words = entry["command"].split()
        if f"CMakeFiles/synod_{layer}.dir/" in words[words.index("-o") + 1]:
            return " ".join(words[: words.index("-o")])
    sys.exit(f"tidy.py: {BUILD} does not build the layer {layer}; configure it anew")


def groups_of(sources):
    count = -(-len(sources) // TOGETHER)
    return [sources[first::count] for first in range(count)]


def unify(layer, commands):
    """Writes the unified sources of a layer; yields how clang-tidy has to compile each."""
    flags = flags_of(layer, commands) + ' -DSYNOD_VERSION=\\"tidy\\"'
    for number, sources in enumerate(groups_of(sorted((ROOT / "src" / "synod" / layer).glob("*.cpp")))):
        unified = UNIFIED / f"UnifiedSource-{layer}-{number}.cpp"
        unified.write_text("".join(f'#include "{source}"\n' for source in sources))
        yield {"directory": str(BUILD), "file": str(unified), "command": f"{flags} -c {unified}"}


def look_at(file):
    done = subprocess.run(["clang-tidy", "-quiet", "-p", UNIFIED, file], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    return done.returncode == 0, done.stdout + (done.stderr if done.returncode else "")


def main():
    try:
        commands = json.loads((BUILD / "compile_commands.json").read_text())
    except FileNotFoundError:
        sys.exit(f"tidy.py: {BUILD} is not configured; do that with: cmake --preset asan")
    UNIFIED.mkdir(parents=True, exist_ok=True)
    entries = [entry for layer in layers(sys.argv[1:]) for entry in unify(layer, commands)]
    (UNIFIED / "compile_commands.json").write_text(json.dumps(entries))
    files = sorted((entry["file"] for entry in entries), key=lambda file: -pathlib.Path(file).stat().st_size)
    clean = True
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for is_clean, text in pool.map(look_at, files):
            clean = clean and is_clean
            print(text, end="", flush=True)
    sys.exit(0 if clean else 1)


if __name__ == "__main__":
    main()
