"""How fast it is here: each figure the median of several rounds, with the lowest and the highest, and what share it is
of a program without the protocol that runs in the same rounds. Figures of different runs of this are worth little:
machines are shared. Compare ratios."""
import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path += [str(ROOT / "bench"), str(ROOT / "tests/e2e")]

from figures import FIGURES, MAX  # noqa: E402
from runner import Runner, Unavailable  # noqa: E402
import plots  # noqa: E402


def micro(build):
    done = subprocess.run([build / "bench/synod_micro", "--benchmark_format=json"], capture_output=True, check=True)
    results = json.loads(done.stdout)["benchmarks"]
    for result in results:
        print(f"{result['name']:<44} {result['cpu_time']:>12.1f} {result['time_unit']}", flush=True)
    return results


def spread(numbers):
    return {"median": statistics.median(numbers), "min": min(numbers), "max": max(numbers)}


class Matrix:
    """Rounds of all figures: what disturbs the machine for a while disturbs no figure alone."""

    def __init__(self, runner, figures, rounds):
        self.runner, self.figures, self.rounds = runner, figures, rounds
        self.values = {figure.name: [] for figure in figures}
        self.ratios = {figure.name: [] for figure in figures}
        self.missing = {}  # why, by name
        self.runs = {}     # of this round: what a run has measured

    def run(self):
        total = self.rounds * len(self.figures)
        for k in range(total):
            figure = self.figures[k % len(self.figures)]
            if k % len(self.figures) == 0:
                self.runs.clear()
            if sys.stderr.isatty():
                print(f"\r\x1b[K[{k + 1}/{total}] {figure.name}", end="", file=sys.stderr, flush=True)
            try:
                self._measure(figure)
            except Unavailable as why:
                self.missing[figure.name] = str(why)
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr)

    def _measure(self, figure):
        rate = int(self.values[MAX][-1] * figure.share_of_max) if figure.share_of_max else 0
        value = self._once(figure, rate, figure.options, self.runner.measure)[figure.key]
        self.values[figure.name].append(value)
        if figure.limit:
            limit = self._once(figure, rate, figure.limit, self.runner.measure_limit)[figure.key]
            self.ratios[figure.name].append(value / limit)
        elif figure.base:
            self.ratios[figure.name].append(value / self.values[figure.base][-1])

    def _once(self, figure, rate, options, measure):
        key = (measure.__name__, figure.how, figure.size, figure.length, options, *figure.shape.items(), rate)
        if key not in self.runs:
            self.runs[key] = measure(figure, rate)
        return self.runs[key]

    def report(self):
        for figure in self.figures:
            if figure.name in self.missing:
                continue
            ratios = self.ratios[figure.name]
            yield {"name": figure.name, "group": figure.group, "x": figure.x, "unit": figure.unit,
                   "better": figure.better, "asked": figure.asked, "first": figure.first, "stretch": figure.stretch,
                   "figure": spread(self.values[figure.name]), "ratio": spread(ratios) if ratios else None,
                   "of": "the limit" if figure.limit else figure.base}


def number(value):
    return f"{value:,.0f}" if value >= 1000 or value == 0 else f"{value:.1f}"


def reached(entry):
    """Whether it is what was asked for."""
    if not entry["first"]:
        return ""
    got = entry[entry["asked"]]["median"]
    if entry["asked"] == "ratio":
        first, stretch = (f"{entry[key]:g} of {entry['of']}" for key in ("first", "stretch"))
    else:
        first, stretch = (number(entry[key]) for key in ("first", "stretch"))

    def met(asked):
        return got <= asked if entry["better"] == "lower" else got >= asked

    if met(entry["stretch"]):
        return f"stretch met ({stretch})"
    return f"met ({first})" if met(entry["first"]) else f"SHORT ({first})"


def line(entry):
    figure, ratio = entry["figure"], entry["ratio"]
    text = f"{entry['name']:<36} {number(figure['median']):>12} {entry['unit']:<9}"
    text += f"({number(figure['min'])} to {number(figure['max'])})"
    if ratio:
        text = f"{text:<88} {ratio['median']:.2f} of {entry['of']} ({ratio['min']:.2f} to {ratio['max']:.2f})"
    return f"{text:<132} {reached(entry)}".rstrip()


def change(entry, old):
    """Of the ratio, where there is one: it depends less on the machine."""
    which = "ratio" if entry["ratio"] and old["ratio"] else "figure"
    now, before = entry[which]["median"], old[which]["median"]
    if now == before:
        return f"{entry['name']:<36}   1.00 times the {which} of before   the same"
    if before == 0:
        return f"{entry['name']:<36}   {number(now)} {entry['unit']}, 0 before"
    apart = entry[which]["min"] > old[which]["max"] or entry[which]["max"] < old[which]["min"]
    better = (now > before) == (entry["better"] == "higher")
    verdict = ("better" if better else "worse") if apart else "within the spread"
    return f"{entry['name']:<36} {now / before:6.2f} times the {which} of before   {verdict}"


def compare(report, path):
    old = {entry["name"]: entry for entry in json.loads(Path(path).read_text())["figures"]}
    print()
    for entry in report["figures"]:
        if entry["name"] in old:
            print(change(entry, old[entry["name"]]))


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench.sh", description=__doc__)
    parser.add_argument("build", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--json", metavar="FILE", help="write every figure there, too")
    parser.add_argument("--plots", metavar="DIR", help="draw throughput by size, latency by load and the cost of each shape there")
    parser.add_argument("--compare", metavar="OLD.json", help="show what changed since that --json")
    parser.add_argument("--only", metavar="REGEX", default="", help="only the figures whose name it finds")
    parser.add_argument("--seconds", type=float, default=2, help="of each run; of those of many of a kind less (2)")
    parser.add_argument("--rounds", type=int, default=3, help="of all figures (3)")
    parser.add_argument("--micro", action="store_true", help="the steps of the core and the codec by themselves, too")
    return parser.parse_args()


def chosen(pattern):
    named = [figure for figure in FIGURES if re.search(pattern, figure.name)]
    needed = {figure.base for figure in named} | {MAX for figure in named if figure.share_of_max}
    figures = [figure for figure in FIGURES if figure in named or figure.name in needed]
    return figures or sys.exit(f"no figure's name has '{pattern}' in it")


def main():
    given = arguments()
    report = {"machine": {"cpus": os.cpu_count(), "kernel": platform.release()}, "seconds": given.seconds,
              "rounds": given.rounds, "micro": micro(given.build) if given.micro else []}
    runner = Runner(given.build, given.seconds)
    try:
        matrix = Matrix(runner, chosen(given.only), given.rounds)
        matrix.run()
    finally:
        runner.close()
    report["figures"] = list(matrix.report())
    for entry in report["figures"]:
        print(line(entry))
    for name, why in matrix.missing.items():
        print(f"{name:<36} not measured: {why}")
    if given.json:
        Path(given.json).write_text(json.dumps(report, indent=2) + "\n")
    if given.plots:
        plots.draw(report["figures"], Path(given.plots))
    if given.compare:
        compare(report, given.compare)


if __name__ == "__main__":
    main()
