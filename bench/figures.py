"""The figures of bench.sh: what is run for each, and what it is compared with in the same round."""
import json
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

KIB, MIB = 1 << 10, 1 << 20
ONE_AT_A_TIME = 1000  # values a second: each has been delivered long before the next one comes


@dataclass(frozen=True)
class Figure:
    name: str
    group: str          # figures of one group are drawn together
    unit: str
    x: float = 0        # where in that drawing
    options: tuple = () # of `synod run`
    size: int = 64      # bytes of a value
    key: str = "rate"   # of what a run measures
    better: str = "higher"
    limit: tuple = ()   # options of the limit program that is run beside it; () for none
    limit_key: str = "rate"
    base: str = ""      # or the figure of the same round that it is a share of
    half_of: str = ""   # runs at half the rate of that figure
    first: float = 0    # what was set out to be reached, as the figure or, with a limit or base, as a ratio
    extra: dict = field(default_factory=dict)


def throughput():
    sizes = [("64 B", 64, 10e6), ("1 KB", KIB, 0.75e6), ("8 KB", 8 * KIB, 90e3)]
    for text, size, first in sizes:
        yield Figure(f"{text} values", "size", "values/s", size, ("-c", "1"), size, limit=("--size", str(size)),
                     first=first)
    yield Figure("1 MiB values", "size", "values/s", MIB, ("-c", "1"), MIB, first=0.8e9 / MIB)
    yield Figure("lines of 4-40 bytes", "", "values/s", options=("-c", "1"), key="lines", first=3e6)


def latency():
    yield Figure("one value at a time, p50", "", "us", options=("-c", "1", "--rate", str(ONE_AT_A_TIME)), key="p50",
                 better="lower", limit=("--rate", str(ONE_AT_A_TIME)), limit_key="p50", first=1.5)
    yield Figure("at half the maximum load, p50", "", "us", options=("-c", "1"), key="p50", better="lower",
                 half_of="64 B values")
    yield Figure("at half the maximum load, p99", "", "us", options=("-c", "1"), key="p99", better="lower",
                 half_of="64 B values", first=2000)


def faults():
    yield Figure("1 % loss", "", "values/s", options=("-c", "1", "--loss", "0.01"), base="64 B values", first=0.5)
    yield Figure("a late learner gains, at 1M/s live", "", "values/s", key="late", first=2e6)


def shapes():
    for flag, what, counts in (("-a", "acceptors", (1, 3, 5, 7)), ("-l", "learners", (1, 2, 4, 8)),
                               ("-p", "proposers", (1, 2, 4)), ("-c", "clients", (1, 4, 16, 64))):
        for count in counts:
            options = (flag, str(count)) if flag == "-c" else ("-c", "1", flag, str(count))
            yield Figure(f"{count} {what}", what, "values/s", count, options)


FIGURES = [*throughput(), *latency(), *faults(), *shapes()]


class Runner:
    """Runs what a figure needs; gives what it measured, by key."""

    def __init__(self, build, seconds):
        self.synod, self.limit_program = build / "synod", build / "bench/synod_limit"
        self.seconds = seconds
        self.directory = tempfile.TemporaryDirectory(prefix="synod-bench-", dir=self._memory())
        self.lines = Path(self.directory.name) / "lines.txt"
        self.seconds_of_lines = 0

    @staticmethod
    def _memory():
        """A disk would be measured, too."""
        return "/dev/shm" if Path("/dev/shm").is_dir() else None

    def close(self):
        self.directory.cleanup()

    def measure(self, figure, rate=None):
        if figure.key == "late":
            return {"late": self._late_learner()}
        options = list(figure.options)
        if figure.key == "lines":
            options += ["--input", str(self._lines())]
        else:
            options += ["--duration", str(self.seconds), "--size", str(figure.size)]
        if rate:
            options += ["--rate", str(int(rate))]
        result = self._json([self.synod, "run", "--json", "--logs", f"{self.directory.name}/logs", *options])
        if result["verdict"] != "ok":
            sys.exit(f"synod run {' '.join(options)}: {result['verdict']}")
        measured = {"rate": result["values_per_second"], **result["latency_us"]}
        measured["lines"] = measured["rate"]
        return measured

    def measure_limit(self, figure):
        result = self._json([self.limit_program, "--seconds", str(self.seconds), *figure.limit])
        return {"rate": result["values_per_second"], **result.get("latency_us", {})}

    @staticmethod
    def _json(command):
        done = subprocess.run([str(part) for part in command], capture_output=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout.decode()}{done.stderr.decode()}")
        return json.loads(done.stdout)

    def _lines(self):
        """Some seconds' worth of text: hexadecimal, of lengths that follow no pattern."""
        if not self.lines.exists():
            chance = random.Random(1)
            block = "".join(f"{chance.getrandbits(160):040x}"[:chance.randint(4, 40)] + "\n" for _ in range(100_000))
            with open(self.lines, "w", encoding="ascii") as file:
                for _ in range(int(25 * self.seconds)):
                    file.write(block)
        return self.lines

    def _late_learner(self):
        """How many more values a second than the others it delivers, until it has caught up."""
        from load_harness import Cluster
        live, ahead = 1_000_000, 2.0
        with Cluster() as cluster:
            learners = cluster.start_servers()
            cluster.generate(1, seconds=30, rate=live, wait=False)
            cluster.wait(lambda: learners[0].delivered > live * ahead, 20, "there is something to catch up with")
            late = cluster.start("learner", 9, "--verify")
            began, before = time.monotonic(), learners[0].delivered
            cluster.wait(lambda: late.delivered > 0.95 * learners[0].delivered, 20, "the late learner has caught up")
            passed = time.monotonic() - began
            return late.delivered / passed - (learners[0].delivered - before) / passed
