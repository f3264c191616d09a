"""Real processes of one cluster, for the tests under load (load_*.py): each started by hand, as a person
would, with its reports read from a pipe; stopped, continued, killed and measured by its pid.

Environment: SYNOD, the path of the command."""

import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

from harness import ROLES, SYNOD, free_ports

MIB = 1 << 20
PACE = 20_000         # values a second, of each of two clients
GROWTH_MAX = 8 * MIB  # of a process that shall stay flat
PATIENCE = 2          # seconds that a busy machine gets more
CLONE_NEWNET = 0x40000000


def enter_network_namespace():
    """Moves this process, and its children to come, into a network of their own with only a loopback
    interface. Returns why that is not possible, or None."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        return "no network namespace can be made: " + os.strerror(ctypes.get_errno())
    up = subprocess.run(["ip", "link", "set", "lo", "up"], capture_output=True, text=True)
    return None if up.returncode == 0 else "ip link set lo up: " + up.stderr


class Member:
    """One process and what it has reported."""

    def __init__(self, cluster, role, member_id, process, reports, log):
        self.cluster, self.role, self.id, self.process, self.log = cluster, role, member_id, process, log
        self.pid = process.pid
        self.ready_at = None
        self.progress = {}
        self.history = []  # (when, progress)
        self.final = None
        self.violations = []
        self.started_at = time.monotonic()
        self.thread = threading.Thread(target=self._read, args=(reports,), daemon=True)
        self.thread.start()

    def __str__(self):
        return f"{self.role} {self.id}"

    def _read(self, reports):
        with os.fdopen(reports, "r", encoding="utf-8") as lines:
            for line in lines:
                self._take(json.loads(line))
        self.process.wait()
        with self.cluster.changed:
            self.cluster.changed.notify_all()

    def _take(self, report):
        with self.cluster.changed:
            event = report["event"]
            if event == "ready":
                self.ready_at = time.monotonic()
            elif event == "progress":
                self.progress = report
                self.history.append((time.monotonic(), report["delivered"] or report["decided"]))
            elif event == "final":
                self.final = report
                self.progress = report["progress"]
            else:
                self.violations.append(report)
            self.cluster.changed.notify_all()

    @property
    def delivered(self):
        return self.progress.get("delivered", 0)

    @property
    def decided(self):
        return self.progress.get("decided", 0)

    def alive(self):
        return self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)

    def stop_clock(self):
        self.signal(signal.SIGSTOP)

    def go_on(self):
        self.signal(signal.SIGCONT)

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def rss(self):
        """Bytes of memory that are its own; 0 when it has ended."""
        try:
            with open(f"/proc/{self.pid}/status", encoding="utf-8") as file:
                found = re.search(r"RssAnon:\s+(\d+) kB", file.read())
        except (FileNotFoundError, ProcessLookupError):
            return 0
        return int(found[1]) << 10 if found else 0

    def cpu_seconds(self):
        with open(f"/proc/{self.pid}/schedstat", encoding="utf-8") as file:
            return int(file.read().split()[0]) / 1e9

    def wakes(self):
        """How often it has gone to sleep."""
        with open(f"/proc/{self.pid}/status", encoding="utf-8") as file:
            return int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", file.read(), re.MULTILINE)[1])

    def rate(self, begin, end):
        """Values a second that it delivered (decided, a client) in [begin, end)."""

        def at(when):
            before = [count for moment, count in list(self.history) if moment <= when]
            return before[-1] if before else 0

        return (at(end) - at(begin)) / (end - begin)


class Cluster:
    """The processes of one paxos.conf in a directory of their own."""

    def __init__(self, acceptors=3, settings=""):
        self.directory = tempfile.mkdtemp(prefix="synod-load-")
        self.conf = os.path.join(self.directory, "paxos.conf")
        self.ports = free_ports()
        self.group = "239.1.2.3"
        self.members = []
        self.changed = threading.Condition()
        self.configure(f"cluster load-{os.getpid()}-{self.ports[0]}\nacceptors {acceptors}\n{settings}")

    def configure(self, settings, path=None):
        groups = "".join(f"{role} {self.group} {port}\n" for role, port in zip(ROLES, self.ports))
        with open(path or self.conf, "w", encoding="utf-8") as file:
            file.write(groups + settings)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill_all()
        shutil.rmtree(self.directory, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.directory, name)

    def start(self, role, member_id, *options, stdin=None, stdout=None, conf=None, command=(SYNOD,), wait=True):
        """Starts a process and, unless told otherwise, waits until it is ready."""
        read_end, write_end = os.pipe()
        log = self.path(f"{role}-{member_id}-{len(self.members)}.log")
        arguments = [*command, role, str(member_id), conf or self.conf, "--report-fd", str(write_end),
                     *map(str, options)]
        with open(log, "wb") as errors:
            process = subprocess.Popen(arguments, stdin=stdin or subprocess.DEVNULL, stdout=stdout or errors,
                                       stderr=errors, pass_fds=[write_end],
                                       env=dict(os.environ, SYNOD_RUN_DIR=self.path("run")))
        os.close(write_end)
        member = Member(self, role, member_id, process, read_end, log)
        self.members.append(member)
        if wait:
            self.wait(lambda: member.ready_at or not member.alive(), 10, f"{member} is ready")
        return member

    def start_servers(self, acceptors=3, proposers=2, learners=2, acceptor_options=(), learner_options=("--verify",)):
        for k in range(1, acceptors + 1):
            self.start("acceptor", k, *acceptor_options)
        for k in range(1, proposers + 1):
            self.start("proposer", k, "-d")
        return [self.start("learner", k, *learner_options) for k in range(1, learners + 1)]

    def generate(self, member_id, *, values=0, size=64, seconds=0, rate=0, wait=True):
        options = ["--generate", values, "--size", size]
        if seconds:
            options += ["--seconds", seconds]
        if rate:
            options += ["--rate", rate]
        return self.start("client", member_id, *options, wait=wait)

    def of(self, role):
        return [member for member in self.members if member.role == role]

    def wait(self, condition, seconds, what):
        """Until the condition holds; it is looked at whenever a process reports something."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while not condition():
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"after {seconds} s still not: {what}\n{self.state()}")
                self.changed.wait(min(left, 0.05))

    def observe(self, seconds, look=lambda: None):
        """Lets the cluster run for so long, and looks at it every 100 ms."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            look()
            time.sleep(0.1)

    def rates_until(self, quick, member, window, seconds, look=lambda: None):
        """The rates of a member, each over the last seconds (`window`), until one is above `quick`, or for so many
        seconds."""
        deadline = time.monotonic() + seconds
        rates = []
        while True:
            now = time.monotonic()
            rates.append(member.rate(now - window, now))
            if rates[-1] > quick or now > deadline:
                return rates
            self.observe(0.2, look)

    def state(self):
        lines = []
        for member in self.members:
            lines.append(f"{member}: {'alive' if member.alive() else member.process.returncode} "
                         f"submitted {member.progress.get('submitted')} decided {member.decided} "
                         f"delivered {member.delivered} {member.said()[-600:]}")
        return "\n".join(lines)

    def leader(self):
        """The proposer that said last that it leads."""
        leading = []
        for member in self.of("proposer"):
            turns = re.findall(r"(leads in|does not lead; its last is) ballot \((\d+)", member.said())
            if member.alive() and turns and turns[-1][0] == "leads in":
                leading.append((int(turns[-1][1]), member))
        return max(leading, key=lambda each: each[0])[1] if leading else None

    def end(self, members):
        """Ends them by SIGTERM, so that their final reports are here."""
        for member in members:
            if member.alive():
                member.signal(signal.SIGTERM)
        for member in members:
            self.wait(lambda each=member: not each.alive(), 10, f"{member} ends")
            member.thread.join(10)

    def kill_all(self):
        for member in self.members:
            if member.alive():
                member.process.kill()
        for member in self.members:
            member.process.wait()
            member.thread.join(10)


class LoadTest(unittest.TestCase):
    """What is asked of every cluster."""

    def assert_delivered(self, cluster, learners, clients, timeout=60):
        """All that the clients wrote, once, in order, is with every learner. Ends the learners."""
        for client in clients:
            cluster.wait(lambda each=client: not each.alive(), timeout, f"{client} is done")
            self.assertEqual(client.process.returncode, 0, cluster.state())
            client.thread.join(10)
        total = sum(client.progress["submitted"] for client in clients)
        for learner in learners:
            cluster.wait(lambda each=learner: each.delivered >= total or not each.alive(), timeout,
                         f"{learner} has {total} values")
        cluster.end(learners)
        for learner in learners:
            final = learner.final
            self.assertIsNotNone(final, cluster.state())
            self.assertEqual(learner.violations, [], cluster.state())
            self.assertEqual((final["duplicated"], final["misordered"], final["corrupt"]), (0, 0, 0))
            self.assertEqual({int(k): n for k, n in final["per_client"].items()},
                             {client.id: client.progress["submitted"] for client in clients})
        self.assertEqual(len({learner.final["hash"] for learner in learners}), 1, "one order for all learners")
        return total

    def assert_all_alive(self, cluster, but=()):
        for member in cluster.members:
            if member not in but and member.role != "client":
                self.assertTrue(member.alive(), f"{member} died\n{cluster.state()}")

    def assert_flat(self, samples, growth_max, what):
        self.assertLessEqual(max(samples) - samples[0], growth_max, f"{what}: {samples}")


class StoppedTest(LoadTest):
    """Processes are stopped (SIGSTOP) under load and go on later."""

    def stop(self, cluster, victims, watched, seconds, offered=0):
        """Stops the processes for so long, and until the rate of a learner has been back for two seconds; then lets
        them go on. Watches the memory of all others. `offered`: values a second, when clients do not send as many as
        they can."""
        others = [member for member in cluster.members if member not in victims and member.alive()]
        grown = [member for member in others if member.role != "acceptor"]
        memory = {member: [member.rss()] for member in grown}
        began = time.monotonic()
        before = offered or watched.rate(began - 1, began)
        for victim in victims:
            victim.stop_clock()

        def look():
            for member in filter(Member.alive, grown):
                memory[member].append(member.rss())

        cluster.observe(seconds, look)
        quick = before * (0.8 if offered else 0.5)
        rates = cluster.rates_until(quick, watched, 2, PATIENCE, look)
        for victim in victims:
            victim.go_on()
        names = ", ".join(map(str, victims))
        for member, samples in memory.items():
            self.assert_flat(samples, GROWTH_MAX, f"{member} while {names} were stopped")
            self.assertLess(max(samples), 64 * MIB, member)
        self.assertGreater(rates[-1], quick, f"{names} stopped, and the rate is back (it was {before:.0f}): {rates}")

    def paced_cluster(self, settings=""):
        cluster = Cluster(settings=settings)
        self.addCleanup(cluster.__exit__)
        return cluster, cluster.start_servers()

    def load(self, cluster, seconds, rate=PACE, warm=1.5):
        clients = [cluster.generate(k, seconds=seconds + PATIENCE, rate=rate, wait=False) for k in (1, 2)]
        cluster.observe(warm)
        return clients
