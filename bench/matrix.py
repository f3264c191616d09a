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

from figures import FIGURES, Runner  # noqa: E402
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

    def run(self):
        total = self.rounds * len(self.figures)
        for k in range(total):
            figure = self.figures[k % len(self.figures)]
            if sys.stderr.isatty():
                print(f"\r\x1b[K[{k + 1}/{total}] {figure.name}", end="", file=sys.stderr, flush=True)
            self._measure(figure)
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr)

    def _measure(self, figure):
        rate = self.values[figure.half_of][-1] / 2 if figure.half_of else None
        value = self.runner.measure(figure, rate)[figure.key]
        self.values[figure.name].append(value)
        if figure.limit:
            self.ratios[figure.name].append(value / self.runner.measure_limit(figure)[figure.limit_key])
        elif figure.base:
            self.ratios[figure.name].append(value / self.values[figure.base][-1])

    def report(self):
        for figure in self.figures:
            ratios = self.ratios[figure.name]
            yield {"name": figure.name, "group": figure.group, "x": figure.x, "unit": figure.unit,
                   "better": figure.better, "first": figure.first, "figure": spread(self.values[figure.name]),
                   "ratio": spread(ratios) if ratios else None,
                   "of": "the limit" if figure.limit else figure.base}


def number(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.1f}"


def line(entry):
    figure, ratio = entry["figure"], entry["ratio"]
    text = f"{entry['name']:<36} {number(figure['median']):>12} {entry['unit']:<9}"
    text += f"({number(figure['min'])} to {number(figure['max'])})"
    if ratio:
        text = f"{text:<88} {ratio['median']:.2f} of {entry['of']} ({ratio['min']:.2f} to {ratio['max']:.2f})"
    return text


def change(entry, old):
    """Of the ratio, where there is one: it depends less on the machine."""
    which = "ratio" if entry["ratio"] and old["ratio"] else "figure"
    now, before = entry[which]["median"], old[which]["median"]
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
    parser.add_argument("--plots", metavar="DIR", help="draw throughput by size and the cost of each shape there")
    parser.add_argument("--compare", metavar="OLD.json", help="show what changed since that --json")
    parser.add_argument("--only", metavar="REGEX", default="", help="only the figures whose name it finds")
    parser.add_argument("--seconds", type=float, default=2, help="of each run (2)")
    parser.add_argument("--rounds", type=int, default=3, help="of all figures (3)")
    parser.add_argument("--micro", action="store_true", help="the steps of the core and the codec by themselves, too")
    return parser.parse_args()


def chosen(pattern):
    named = [figure for figure in FIGURES if re.search(pattern, figure.name)]
    needed = {figure.half_of or figure.base for figure in named}
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
    if given.json:
        Path(given.json).write_text(json.dumps(report, indent=2) + "\n")
    if given.plots:
        plots.draw(report["figures"], Path(given.plots))
    if given.compare:
        compare(report, given.compare)


if __name__ == "__main__":
    main()
