#!/usr/bin/env python3
"""Fails when a file includes a layer that it must not know, or when a pure layer depends on time, threads, chance or I/O.

Folders of src/synod are layers; DESIGN.md says what each is for. Arrows go only down:
{core, net} < {wire, rsm} < {trace, store} < host < {sim, node} < member < server < cli.
"""
import pathlib
import re
import sys

PURE = {"core", "rsm"}
BELOW_HOST = {"core", "wire", "rsm", "trace", "store"}
MAY_INCLUDE = {
    "core": set(),
    "net": set(),
    "wire": {"core"},
    "rsm": {"core"},
    "trace": {"core", "wire"},
    "store": {"core", "wire"},
    "host": BELOW_HOST,
    "sim": BELOW_HOST | {"host"},
    "node": BELOW_HOST | {"host", "net"},
    "member": BELOW_HOST | {"host", "net", "node"},
    "server": BELOW_HOST | {"host", "net", "node", "member"},
    "cli": BELOW_HOST | {"host", "net", "node", "sim", "member", "server"},
}
IMPURE = re.compile(
    r"<(chrono|ctime|thread|mutex|shared_mutex|condition_variable|atomic|future|random|iostream|fstream|filesystem|"
    r"unordered_map|unordered_set|unistd\.h|fcntl\.h|time\.h|sys/.*|netinet/.*|arpa/.*|linux/.*)>")


def faults_in(path, layer, root):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.startswith("#include"):
            continue
        place = f"{path.relative_to(root)}:{number}"
        included = re.match(r'#include "synod/(\w+)/', line)
        if included and included[1] != layer and included[1] not in MAY_INCLUDE[layer]:
            yield f"{place}: {layer} must not include {included[1]}"
        if '"' in line and not included:
            yield f"{place}: includes are written from src on: \"synod/<layer>/<file>\""
        if layer in PURE and IMPURE.search(line):
            yield f"{place}: {layer} must stay pure and deterministic, without {IMPURE.search(line)[0]}"


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    faults = []
    for path in sorted((root / "src/synod").rglob("*.[ch]pp")):
        layer = path.relative_to(root / "src/synod").parts[0]
        if layer not in MAY_INCLUDE:
            faults.append(f"{path.relative_to(root)}: '{layer}' is no layer")
            continue
        faults.extend(faults_in(path, layer, root))
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
