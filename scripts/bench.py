#!/usr/bin/env python3
"""Runs the benchmarks of a build directory; see bench.sh."""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

# What is run: a name, the options of `synod run`, and which figure of its result matters.
RATE, LATENCY = "values_per_second", "p50"
CASES = [
    ("64 B, 1 client", ["-c", "1", "--size", "64"], RATE),
    ("64 B, 2 clients", ["-c", "2", "--size", "64"], RATE),
    ("1 KB, 1 client", ["-c", "1", "--size", "1K"], RATE),
    ("8 KB, 1 client", ["-c", "1", "--size", "8K"], RATE),
    ("64 B, one value at a time", ["-c", "1", "--size", "64", "--rate", "1000"], LATENCY),
    ("64 B, no batching", ["-c", "1", "--size", "64", "--batch", "1"], RATE),
    ("64 B, no direct 2B, one at a time", ["-c", "1", "--size", "64", "--rate", "1000", "--no-direct-2b"], LATENCY),
    ("64 B, no proactive phase 1, one at a time",
     ["-c", "1", "--size", "64", "--rate", "1000", "--no-proactive-phase1"], LATENCY),
    ("64 B, 1 % loss", ["-c", "1", "--size", "64", "--loss", "0.01"], RATE),
]


def run_once(synod, options, seconds, directory):
    command = [synod, "run", "--json", "--duration", str(seconds), "--logs", directory, *options]
    done = subprocess.run(command, capture_output=True, check=False)
    result = json.loads(done.stdout) if done.stdout else {}
    if done.returncode != 0 or result.get("verdict") != "ok":
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout.decode()}{done.stderr.decode()}")
    return {"values_per_second": result["values_per_second"], "megabytes_per_second": result["megabytes_per_second"],
            **{key: result["latency_us"][key] for key in ("p50", "p99", "p999", "max")}}


def summary(runs):
    return {key: {"median": statistics.median(run[key] for run in runs), "min": min(run[key] for run in runs),
                  "max": max(run[key] for run in runs)} for key in runs[0]}


def shown(figures, key):
    unit = "values/s" if key == RATE else "us p50"
    digits = 0 if key == RATE else 1
    numbers = [f"{figures[key][which]:,.{digits}f}" for which in ("median", "min", "max")]
    return f"{numbers[0]:>14} {unit:<9} ({numbers[1]} to {numbers[2]})"


def micro(build):
    program = build / "bench/synod_micro"
    done = subprocess.run([program, "--benchmark_format=json"], capture_output=True, check=True)
    results = json.loads(done.stdout)["benchmarks"]
    for result in results:
        print(f"{result['name']:<44} {result['cpu_time']:>12.1f} {result['time_unit']}", flush=True)
    return results


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench.sh", description=__doc__)
    parser.add_argument("build", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--json", metavar="FILE", help="write every figure there, too")
    parser.add_argument("--seconds", type=float, default=10, help="of each run (10)")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each case (3)")
    parser.add_argument("--no-micro", action="store_true", help="only whole clusters")
    given = parser.parse_args()

    report = {"machine": {"cpus": os.cpu_count(), "kernel": platform.release()}, "seconds": given.seconds,
              "cluster": [], "micro": [] if given.no_micro else micro(given.build)}
    with tempfile.TemporaryDirectory(prefix="synod-bench-") as directory:
        for name, options, key in CASES:
            runs = [run_once(given.build / "synod", options, given.seconds, directory) for _ in range(given.repeats)]
            figures = summary(runs)
            report["cluster"].append({"name": name, "options": options, "figures": figures, "runs": runs})
            print(f"{name:<44} {shown(figures, key)}", flush=True)
    if given.json:
        pathlib.Path(given.json).write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
