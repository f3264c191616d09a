"""Runs what the figures of bench.sh need, and tells what was measured, by key."""
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from figures import USUAL
from load_harness import Cluster
from wire import Wire

SOON_FULL_BYTES = 64 << 20
SOON_FULL = f"{SOON_FULL_BYTES >> 20}M"  # a history that fills at once; three of them exceed the caches
WIRE_DATAGRAM = 1400  # bytes of values in a datagram of the limit program; what Synod packs, too
HOSTS = ("proposer-1", "acceptor-1", "acceptor-2", "acceptor-3", "learner-1", "learner-2", "client-1", "proposer-2")


class Unavailable(Exception):
    """It cannot be measured here."""


class Runner:
    def __init__(self, build, seconds):
        self.synod, self.bench = build / "synod", build / "bench"
        self.seconds = seconds
        self.directory = tempfile.TemporaryDirectory(prefix="synod-bench-", dir=self._memory())
        self.lines = Path(self.directory.name) / "lines.txt"
        self.wire = None

    @staticmethod
    def _memory():
        """A disk would be measured, too."""
        return "/dev/shm" if Path("/dev/shm").is_dir() else None

    def close(self):
        if self.wire:
            self.wire.close()
        self.directory.cleanup()

    def measure(self, figure, rate):
        """`rate`: values a second, or 0 for as many as go."""
        return getattr(self, figure.how)(figure, rate)

    def measure_limit(self, figure, rate):
        options = ["--rate", rate] if rate else []
        if figure.how == "run_wire_like":
            wire = self._wire_like()
            spaces = [wire.spaces[host] for host in HOSTS[:7]]
            options += ["--interface", "eth0", "--datagram", WIRE_DATAGRAM, "--netns", *spaces]
        result = self._json([self.bench / "synod_limit", "--seconds", self._seconds(figure), *figure.limit, *options])
        size = int(figure.limit[figure.limit.index("--size") + 1])
        return {"rate": result["values_per_second"], "megabytes": result["values_per_second"] * size / 1e6,
                **result.get("latency_us", {})}

    def run(self, figure, rate):
        options = ["--size", figure.size]
        if not rate:
            return self._run(figure, [*options, "--duration", self._seconds(figure)])
        options += ["--history", SOON_FULL]
        full = min(1, SOON_FULL_BYTES / (rate * figure.size))
        return self._run(figure, [*options, "--rate", int(rate), "--latency-from", full,
                                  "--duration", self._seconds(figure) + full])

    def run_steady(self, figure, _):
        """With all processes running and the history full; what it takes to start them is left out."""
        shape = {**USUAL, **figure.shape}
        with Cluster(acceptors=shape["acceptors"]) as cluster:
            learners = cluster.start_servers(shape["acceptors"], shape["proposers"], shape["learners"],
                                             acceptor_options=("--history", SOON_FULL))
            clients = [cluster.generate(k, size=figure.size, seconds=100, wait=False)
                       for k in range(1, shape["clients"] + 1)]
            cluster.wait(lambda: all(client.ready_at for client in clients), 50, "the clients are ready")
            filled = learners[0].delivered + 1.5 * SOON_FULL_BYTES / figure.size
            cluster.wait(lambda: learners[0].delivered > filled, 30, "the history has filled")
            before = learners[0].progress
            time.sleep(self._seconds(figure))
            after = learners[0].progress
            if any(learner.violations or not learner.alive() for learner in learners):
                sys.exit(f"{figure.name}: not every value was delivered once, in order\n{cluster.state()}")
        nanoseconds = after["last_ns"] - before["last_ns"]
        return {"rate": (after["delivered"] - before["delivered"]) / nanoseconds * 1e9}

    def run_lines(self, figure, _):
        return self._run(figure, ["--input", self._lines()])

    def run_wire_like(self, figure, _):
        """Each process on a host of its own, as far as the kernel can make it one."""
        wire = self._wire_like()
        with Cluster(settings="interface eth0\nrun 1\n") as cluster:

            def start(role, number, *options, **how):
                command = (*wire.prefix(f"{role}-{number}"), str(self.synod))
                return cluster.start(role, number, *options, command=command, **how)

            for k in (1, 2, 3):
                start("acceptor", k)
            for k in (1, 2):
                start("proposer", k)
            learners = [start("learner", k, "--verify") for k in (1, 2)]
            client = start("client", 1, "--generate", 0, "--size", figure.size, "--seconds", self._seconds(figure),
                           wait=False)
            self._finish(cluster, client, learners)
            total = client.progress["submitted"]
            if any(learner.violations or learner.delivered != total for learner in learners):
                sys.exit(f"wire-like: not every value was delivered once, in order\n{cluster.state()}")
            last = max(learner.progress["last_ns"] for learner in learners)
            return {"rate": total / (last - client.progress["first_ns"]) * 1e9}

    def run_late_learner(self, *_):
        """How many more values a second than the others it delivers, until it has caught up."""
        live, ahead = 1_000_000, 2.0
        with Cluster() as cluster:
            learners = cluster.start_servers()
            cluster.generate(1, seconds=30, rate=live, wait=False)
            cluster.wait(lambda: learners[0].delivered > live * ahead, 20, "there is something to catch up with")
            late = cluster.start("learner", 9, "--verify")
            began, before = time.monotonic(), learners[0].delivered
            cluster.wait(lambda: late.delivered > 0.95 * learners[0].delivered, 20, "the late learner has caught up")
            passed = time.monotonic() - began
            return {"rate": late.delivered / passed - (learners[0].delivered - before) / passed}

    def count_allocations(self, figure, _):
        """For a million values, in a process of each role, once the acceptors' history has filled."""
        counts = Path(self.directory.name) / "allocations"
        counts.mkdir(exist_ok=True)
        command = ("env", f"LD_PRELOAD={self.bench}/libsynod_count_allocations.so", f"SYNOD_ALLOCATIONS={counts}",
                   str(self.synod))

        def look(members, learner):
            return ([int.from_bytes((counts / str(member.pid)).read_bytes(), sys.byteorder) for member in members],
                    learner.delivered)

        with Cluster() as cluster:
            roles = ("acceptor", "proposer", "learner", "client")
            options = {"learner": ("--verify",), "client": ("--generate", 0, "--size", figure.size, "--seconds", 60)}
            for role in roles[:3]:
                for k in range(1, 4 if role == "acceptor" else 3):
                    cluster.start(role, k, *options.get(role, ()), command=command)
            cluster.start("client", 1, *options["client"], command=command)
            learner = cluster.of("learner")[0]
            members = cluster.members
            filled = 1.5 * (256 << 20) / figure.size
            cluster.wait(lambda: learner.delivered > filled, 30, "the history has filled")
            before, from_value = look(members, learner)
            time.sleep(1)
            after, to_value = look(members, learner)
        values = max(to_value - from_value, 1)
        return {role: max(after[k] - before[k] for k, member in enumerate(members) if member.role == role) / values * 1e6
                for role in roles}

    def _seconds(self, figure):
        return self.seconds * figure.length

    @staticmethod
    def _finish(cluster, client, learners):
        cluster.wait(lambda: not client.alive(), 120, "the client is done")
        client.thread.join(10)
        total = client.progress["submitted"]
        cluster.wait(lambda: all(learner.delivered >= total for learner in learners), 20, "all is delivered")
        cluster.end(learners)

    def _wire_like(self):
        if not self.wire:
            lacking = Wire.lacks()
            if lacking:
                raise Unavailable(lacking)
            self.wire = Wire(HOSTS, offload=False)
        return self.wire

    def _run(self, figure, options):
        options = [*figure.options, *options]
        result = self._json([self.synod, "run", "--json", "--logs", f"{self.directory.name}/logs", *options])
        if result["verdict"] != "ok":
            sys.exit(f"synod run {' '.join(map(str, options))}: {result['verdict']}")
        return {"rate": result["values_per_second"], "megabytes": result["megabytes_per_second"],
                **result["latency_us"]}

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
                for _ in range(int(50 * self.seconds)):
                    file.write(block)
        return self.lines
