"""scripts/bench.sh failover: how long nothing is delivered when the leader is killed (SIGKILL), paused (SIGSTOP, and
resumed later as if nothing had happened) or cut off (its network interface goes down), under full load.

A cluster of real processes, 2 proposers, 3 acceptors, 1 learner, 1 client; each proposer in a network namespace of its
own, joined by a bridge, when faults of the network are asked for (needs root), otherwise all on loopback. The learner
checks every value; the gap is from the last delivery before the fault to the first one after it.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from wire import Wire

FAULTS = ("kill", "pause", "cut")
PROPOSERS = (1, 2)


class Role:
    """A process, what it reports, and whether it says that it leads."""

    def __init__(self, synod, conf, role, id, options=(), prefix=(), environment=None):
        read, write = os.pipe()
        command = [*prefix, synod, role, str(id), conf, "--report-fd", str(write), *options]
        self.role, self.id, self.leads_since = role, id, None
        self.reports, self.final, self.errors = [], None, []
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, pass_fds=[write], env=environment)
        os.close(write)
        threading.Thread(target=self._read_reports, args=(read,), daemon=True).start()
        threading.Thread(target=self._read_errors, daemon=True).start()

    def _read_reports(self, fd):
        with os.fdopen(fd) as lines:
            for line in lines:
                report = json.loads(line)
                if report["event"] == "progress":
                    self.reports.append((report["last_ns"], report["delivered"]))
                elif report["event"] == "final":
                    self.final = report

    def _read_errors(self):
        for line in self.process.stderr:
            text = line.decode(errors="replace").strip()
            self.errors.append(text)
            if "leads in ballot" in text:
                self.leads_since = time.monotonic()
            elif "does not lead" in text:
                self.leads_since = None

    def end(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Cluster:
    def __init__(self, given, fault, directory):
        self.given, self.fault = given, fault
        self.wire = Wire(("servers", *PROPOSERS)) if fault == "cut" else None
        self.environment = {**os.environ, "SYNOD_RUN_DIR": directory}
        self.conf = os.path.join(directory, "paxos.conf")
        port = random.randrange(20000, 30000)
        lines = [f"{role} 239.77.1.1 {port + k}" for k, role in
                 enumerate(("client", "proposer", "acceptor", "learner"))]
        lines += [f"interface {'eth0' if self.wire else 'lo'}", "run 1", f"leader {given.leader}"]
        lines += [f"{name} {value}" for name, value in
                  (("leader-ping", given.leader_ping), ("leader-suspect", given.leader_suspect)) if value]
        pathlib.Path(self.conf).write_text("\n".join(lines) + "\n")
        self.ended = []  # proposers of former lives
        self.acceptors = [self.start("acceptor", k) for k in (1, 2, 3)]
        self.proposers = {k: self.start("proposer", k, "-d") for k in PROPOSERS}
        self.learner = self.start("learner", 1, "--verify")
        self.wait_for_leader()
        load = ["--generate", "0", "--seconds", "100000", "--size", str(given.size)]
        self.client = self.start("client", 1, *load, *(["--rate", str(given.rate)] if given.rate else []))

    def start(self, role, id, *options):
        prefix = self.wire.prefix(id if role == "proposer" else "servers") if self.wire else []
        return Role(self.given.build / "synod", self.conf, role, id, options, prefix, self.environment)

    def wait_for_leader(self):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            leading = [p for p in self.proposers.values() if p.leads_since is not None]
            if leading:
                return max(leading, key=lambda p: p.leads_since)
            time.sleep(0.005)
        sys.exit("nobody leads: " + " ".join(line for p in self.proposers.values() for line in p.errors[-3:]))

    def wait_for_delivery(self, after_ns, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            reports = self.learner.reports
            if reports and reports[-1][0] > after_ns:
                return
            time.sleep(0.005)

    def strike(self):
        """Does it to the leader; returns the gap in ms, and the longest one after it has come back."""
        time.sleep(self.given.between * (1 + random.random()) / 2)
        leader = self.wait_for_leader()
        before = len(self.learner.reports)
        now = time.monotonic_ns()
        leader.leads_since = None
        if self.fault == "kill":
            leader.end(signal.SIGKILL)
        elif self.fault == "pause":
            leader.process.send_signal(signal.SIGSTOP)
        else:
            self.wire.cut(leader.id, True)
        self.wait_for_leader()
        self.wait_for_delivery(time.monotonic_ns(), 10)
        if self.fault != "kill":
            time.sleep(self.given.away if self.fault == "pause" else 1)
        back = time.monotonic_ns()
        if self.fault == "pause":
            leader.process.send_signal(signal.SIGCONT)
        elif self.fault == "cut":
            self.wire.cut(leader.id, False)
        else:
            self.ended.append(leader)
            self.proposers[leader.id] = self.start("proposer", leader.id, "-d")
        time.sleep(self.given.between / 2)
        times = [at for at, _ in self.learner.reports[max(before - 2, 0):]]
        gaps = [(a, (b - a) / 1e6) for a, b in zip(times, times[1:]) if b > now]
        return (max((gap for a, gap in gaps if a < back), default=0.0),
                max((gap for a, gap in gaps if a >= back), default=0.0))

    def finish(self):
        """What the learner found wrong, and how many elections there were."""
        self.client.end()  # it says how many it has submitted; what is under way may or may not be delivered
        time.sleep(1)
        for role in (self.learner, *self.proposers.values(), *self.acceptors):
            role.end()
        time.sleep(0.2)
        final, client = self.learner.final or {}, self.client.final or {}
        delivered = final.get("progress", {}).get("delivered", 0)
        decided = client.get("progress", {}).get("decided", 0)
        elections = sum(1 for p in (*self.ended, *self.proposers.values())
                        for line in p.errors if "leads in ballot" in line)
        return {"lost": max(decided - delivered, 0), "delivered": delivered, "elections": elections,
                **{key: final.get(key, -1) for key in ("duplicated", "misordered", "corrupt")}}

    def close(self):
        for role in (self.client, self.learner, *self.proposers.values(), *self.acceptors):
            if role.process.poll() is None:
                role.process.send_signal(signal.SIGCONT)
                role.end(signal.SIGKILL)
        if self.wire:
            self.wire.close()


def measure(given, fault):
    directory = tempfile.mkdtemp(prefix="synod-failover-")
    cluster = Cluster(given, fault, directory)
    try:
        gaps, later = zip(*(cluster.strike() for _ in range(given.trials)))
        return {"fault": fault, "gaps_ms": gaps, "median_ms": statistics.median(gaps), "worst_ms": max(gaps),
                "worst_on_return_ms": max(later),
                **cluster.finish()}
    finally:
        cluster.close()
        shutil.rmtree(directory, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench.sh failover", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--leader", default="ble", help="the oracle: none, lowest-id, bully, ble (ble)")
    parser.add_argument("--leader-ping", help="as in paxos.conf")
    parser.add_argument("--leader-suspect", help="as in paxos.conf")
    parser.add_argument("--trials", type=int, default=20, help="of each fault (20)")
    parser.add_argument("--faults", default=",".join(FAULTS), help="which (kill,pause,cut)")
    parser.add_argument("--away", type=float, default=10, help="seconds that a paused leader is away (10)")
    parser.add_argument("--between", type=float, default=1, help="seconds between two faults (1)")
    parser.add_argument("--size", type=int, default=64, help="bytes of a value (64)")
    parser.add_argument("--rate", type=float, default=0, help="values a second (as many as are taken)")
    parser.add_argument("--json", metavar="FILE", help="write every figure there, too")
    given = parser.parse_args()
    results = []
    print(f"{'':<8}{'median':>10}{'worst':>10}{'on return':>11}{'elections':>11}{'delivered':>14}{'lost':>6}{'twice':>6}"
          f"   (ms without a delivery; {given.trials} each, leader {given.leader})")
    for fault in given.faults.split(","):
        if fault not in FAULTS:
            sys.exit(f"{fault!r} is no fault; expected some of {', '.join(FAULTS)}")
        if fault == "cut" and os.geteuid() != 0:
            print("cut     needs root, for network namespaces")
            continue
        result = measure(given, fault)
        results.append(result)
        print(f"{fault:<8}{result['median_ms']:>10.1f}{result['worst_ms']:>10.1f}"
              f"{result['worst_on_return_ms']:>11.1f}{result['elections']:>11}"
              f"{result['delivered']:>14,}{result['lost']:>6}{result['duplicated']:>6}", flush=True)
    if given.json:
        pathlib.Path(given.json).write_text(json.dumps({"leader": given.leader, "results": results}, indent=2) + "\n")
    if any(r["lost"] or r["duplicated"] or r["misordered"] or r["corrupt"] for r in results):
        sys.exit("values were lost, repeated, out of order or damaged")


if __name__ == "__main__":
    main()
