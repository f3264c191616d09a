"""scripts/bench.sh service: the replicated store beside Redis, in one run, on two cores.

SET and GET of 64 bytes at 10,000 keys, 50 clients with 16 requests under way each:
  synod       three servers, clients at the one that leads
  redis       one redis-server, which replicates nothing
  redis+WAIT  a redis-server with two replicas; each pipeline ends with WAIT 2 0, so that it is answered when both have it
each by a load of our own, and the first two by redis-benchmark, too. Synod's servers are measured when they have just been
started, by a first load, and then when their histories of the log have filled: until then each operation needs memory that
was never used, which is dear on some machines. Then failover: the leader is killed under load, and
the longest time is told in which any client, at one of the two others, got no answer. All of it is a round; told are the
medians of the rounds, with the lowest and the highest. Machines change between rounds, so ratios are of one round each.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests/e2e"))
from server_harness import Closed, RedisClient, free_ports  # noqa: E402

CLIENTS, PIPELINE, SIZE, KEYS = 50, 16, 64, 10_000
SECONDS_TO_START = 20


def fail(text):
    sys.exit(f"bench.sh service: {text}")


def await_that(what, text):
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        try:
            if answer := what():
                return answer
        except (OSError, Closed):
            pass
        time.sleep(0.01)
    return fail(text)


class Processes:
    """Servers of one system, in a directory of their own, ended by their ids."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="synod-bench-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
        self.running = []

    def start(self, *command, **environment):
        process = subprocess.Popen([str(word) for word in command], cwd=self.directory, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env=dict(os.environ, **environment))
        self.running.append(process)
        return process

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.running:
            process.kill()
            process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


def info(port):
    with RedisClient(port, 5) as client:
        return client.info()


class Synod(Processes):
    def __init__(self, synod):
        super().__init__()
        ports = free_ports(6)
        peers, self.ports = ports[:3], ports[3:]
        configuration = pathlib.Path(self.directory) / "paxos.config.json"
        configuration.write_text(json.dumps({"servers": [
            {"sid": k + 1, "address": f"127.0.0.1:{peers[k]}", "redis": f"127.0.0.1:{port}"}
            for k, port in enumerate(self.ports)]}))
        for k in range(3):
            self.start(synod, "server", configuration, "--sid", k + 1, SYNOD_RUN_DIR=self.directory)
        self.leader = await_that(self._leader, "the servers found no leader")

    def _leader(self):
        """Its place."""
        return next((k + 1 for k, port in enumerate(self.ports) if info(port)["synod_leads"] == "1"), 0)

    def port_of_leader(self):
        return self.ports[self.leader - 1]

    def kill_leader(self):
        self.running[self.leader - 1].send_signal(signal.SIGKILL)

    def fill_history(self, measure):
        """Until all have begun to forget, and use their memory again."""
        def full():
            measure.rate([self.port_of_leader()], seconds=1)
            return all(int(info(port)["synod_forgotten_below"]) > 0 for port in self.ports)
        await_that(full, "the servers' histories did not fill")

    def others(self):
        return [port for k, port in enumerate(self.ports) if k + 1 != self.leader]


class Redis(Processes):
    def __init__(self, replicas=0):
        super().__init__()
        ports = free_ports()
        self.port = ports[0]
        command = ["redis-server", "--save", "", "--appendonly", "no", "--bind", "127.0.0.1"]
        for port in ports[:1 + replicas]:
            follows = [] if port == self.port else ["--replicaof", "127.0.0.1", self.port]
            self.start(*command, "--port", port, "--repl-diskless-sync-delay", 0, *follows)
        await_that(lambda: self._replicas() == replicas, "redis-server did not start, or found no replicas")

    def _replicas(self):
        found = info(self.port)
        return sum("state=online" in found[key] for key in found if re.fullmatch(r"slave\d+", key))


class Measure:
    def __init__(self, build, seconds):
        self.load_program, self.seconds = build / "bench/synod_service_load", seconds

    def load(self, ports, *options, seconds=None):
        command = [self.load_program, "--ports", ",".join(map(str, ports)), "--clients", CLIENTS, "--pipeline", PIPELINE,
                   "--size", SIZE, "--keys", KEYS, "--seconds", seconds or self.seconds, *options]
        return subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True)

    @staticmethod
    def result(load):
        output, _ = load.communicate(timeout=120)
        found = json.loads(output)
        if load.returncode != 0 or found["errors"]:
            fail(f"the load failed: {output}")
        return found

    def rate(self, ports, *options, seconds=None):
        return self.result(self.load(ports, *options, seconds=seconds))["requests_per_second"]

    def benchmark(self, port, command):
        """By redis-benchmark, about as long as ours."""
        count = int(max(50_000, self.seconds * 400_000))
        done = subprocess.run(["redis-benchmark", "-p", str(port), "-t", command, "-n", str(count), "-P", str(PIPELINE),
                               "-c", str(CLIENTS), "-d", str(SIZE), "-r", str(KEYS), "--csv"],
                              capture_output=True, text=True, timeout=120, check=True)
        return float(done.stdout.splitlines()[-1].split(",")[1].strip('"'))

    def failover(self, synod):
        """The longest silence of a client in ms, with the leader killed under load."""
        with Synod(synod) as servers:
            load = self.load(servers.others(), seconds=3)
            time.sleep(1)
            servers.kill_leader()
            found = self.result(load)
        if not found["requests_per_second"]:
            fail("after the leader's death nothing was answered")
        return found["silence_ms"]


    def set_and_get(self, name, port):
        """All figures of one server."""
        fill(port)
        return {f"SET, {name}": self.rate([port]), f"SET, {name}, redis-benchmark": self.benchmark(port, "set"),
                f"GET, {name}": self.rate([port], "--get"), f"GET, {name}, redis-benchmark": self.benchmark(port, "get")}


def fill(port, *last):
    """Sets all keys; then asks what is given, if anything is, and waits for the answer."""
    with RedisClient(port, 20) as client:
        for k in range(KEYS):
            client.send("SET", f"key:{k:012}", "v" * SIZE)
        if last:
            client.send(*last)
        for _ in range(KEYS + (1 if last else 0)):
            client.reply()


# What is told of each round: a figure over another one.
RATIOS = [("SET, synod", "SET, redis+WAIT"), ("SET, synod", "SET, redis"), ("SET, synod, just started", "SET, redis"),
          ("SET, synod, redis-benchmark", "SET, redis, redis-benchmark"), ("GET, synod", "GET, redis"),
          ("GET, synod, redis-benchmark", "GET, redis, redis-benchmark")]


def one_round(measure, synod):
    figures = {}
    with Synod(synod) as servers:
        figures["SET, synod, just started"] = measure.rate([servers.port_of_leader()])
        servers.fill_history(measure)
        figures.update(measure.set_and_get("synod", servers.port_of_leader()))
        figures["SET, synod, at another server"] = measure.rate(servers.others()[:1])
    with Redis() as server:
        figures.update(measure.set_and_get("redis", server.port))
    with Redis(replicas=2) as server:
        fill(server.port, "WAIT", 2, 0)
        figures["SET, redis+WAIT"] = measure.rate([server.port], "--wait", "2")
    figures["failover_ms"] = measure.failover(synod)
    return figures, {f"{over} / {under}": figures[over] / figures[under] for over, under in RATIOS}


def spread(rounds):
    """Of each thing that was measured in each of them: median, lowest, highest."""
    values = {key: [each[key] for each in rounds] for key in rounds[0]}
    return {key: (statistics.median(all_of), min(all_of), max(all_of)) for key, all_of in values.items()}


def main():
    parser = argparse.ArgumentParser(prog="bench.sh service", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--seconds", type=float, default=2, help="of each load (2)")
    parser.add_argument("--rounds", type=int, default=3, help="of which medians are told (3)")
    parser.add_argument("--json", type=pathlib.Path, help="write everything that was measured to this file")
    given = parser.parse_args()
    for program in ("redis-server", "redis-benchmark"):
        if not shutil.which(program):
            fail(f"{program} is not installed; apt-get install redis-server redis-tools")
    measure, synod = Measure(given.build, given.seconds), given.build / "synod"
    rounds = []
    for number in range(given.rounds):
        rounds.append(one_round(measure, synod))
        print(f"round {number + 1} of {given.rounds} done", file=sys.stderr)
    figures, ratios = (spread([each[part] for each in rounds]) for part in (0, 1))
    for key, (median, lowest, highest) in figures.items():
        unit, digits = ("ms", 1) if key.endswith("_ms") else ("a second", 0)
        print(f"{key:34} {median:>11,.{digits}f} {unit} ({lowest:,.{digits}f}-{highest:,.{digits}f})")
    for key, (median, lowest, highest) in ratios.items():
        print(f"{key:60} {median:.2f} ({lowest:.2f}-{highest:.2f})")
    if given.json:
        given.json.write_text(json.dumps({"figures": figures, "ratios": ratios, "rounds": rounds}, indent=2) + "\n")


if __name__ == "__main__":
    main()
