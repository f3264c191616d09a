"""Real processes of a cluster, started by the scripts at the root, and what they print.

Tests wait for events (a line that was printed, a process that ended) with a deadline, never for time to pass.
The environment variable SYNOD names the executable; without it the scripts use the Release build.
"""
import collections
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SYNOD = os.environ.get("SYNOD", str(ROOT / "build/release/synod"))
ROLES = ("client", "proposer", "acceptor", "learner")


def free_ports(count=4):
    """Neighbouring ports that nobody has bound, neither of UDP nor of TCP."""
    while True:
        first = random.randrange(10000, 30000)
        try:
            for port in range(first, first + count):
                for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                    with socket.socket(socket.AF_INET, kind) as probe:
                        probe.bind(("", port))
            return list(range(first, first + count))
        except OSError:
            continue


def configuration(extra=""):
    """The text of a paxos.conf that no other cluster shares."""
    lines = [f"{role}s 239.1.2.3 {port}" for role, port in zip(ROLES, free_ports())]
    name = f"cluster test-{random.getrandbits(64):016x}"
    return "\n".join(lines + [name, extra]) + "\n"


def values_of(client, count, size=0):
    """Distinct values of a client, in order."""
    return [b"c%d-%d" % (client, number) + b"." * max(0, size - 12) for number in range(count)]


class Process:
    """One process, and the lines that it prints, as they come."""

    def __init__(self, command, env, cwd, stdin=None, prefix=()):
        self.command = [*prefix, *map(str, command)]
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, cwd=cwd)
        self.output = bytearray()
        self.errors = bytearray()
        self.lines = 0
        self.changed = threading.Condition()
        self.threads = [threading.Thread(target=self._read, args=(self.process.stdout, True), daemon=True),
                        threading.Thread(target=self._read, args=(self.process.stderr, False), daemon=True)]
        if stdin is not None and stdin is not subprocess.PIPE:
            self.threads.append(threading.Thread(target=self._write, args=(stdin,), daemon=True))
        for thread in self.threads:
            thread.start()

    def _read(self, stream, is_output):
        while chunk := os.read(stream.fileno(), 1 << 16):
            with self.changed:
                (self.output if is_output else self.errors).extend(chunk)
                self.lines += chunk.count(b"\n") if is_output else 0
                self.changed.notify_all()

    def _write(self, data):
        try:
            self.process.stdin.write(data)
            self.process.stdin.close()
        except BrokenPipeError:
            pass

    def feed(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def end_of_input(self):
        self.process.stdin.close()

    def wait_lines(self, count, seconds):
        """Whether so many lines have been printed in time."""
        with self.changed:
            return self.changed.wait_for(lambda: self.lines >= count, seconds)

    def wait_output(self, text, seconds):
        with self.changed:
            return self.changed.wait_for(lambda: text in self.output, seconds)

    def wait_error(self, text, seconds):
        with self.changed:
            return self.changed.wait_for(lambda: text in self.errors, seconds)

    def wait(self, seconds):
        """The exit status; None: it still runs."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        for thread in self.threads:
            thread.join(5)
        return self.process.returncode

    def send(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.send(signal.SIGKILL)
        self.wait(5)

    def stop(self):
        """SIGTERM; the exit status."""
        if self.process.poll() is None:
            self.send(signal.SIGTERM)
        status = self.wait(5)
        if status is None:
            self.kill()
        return status

    def learned(self):
        """The values printed so far."""
        with self.changed:
            return bytes(self.output).split(b"\n")[:-1]

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for thread in self.threads:  # one that still read would read what next gets the number of the descriptor
            thread.join(5)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                if stream:
                    stream.close()
            except BrokenPipeError:
                pass


class ClusterTest(unittest.TestCase):
    """A test with a cluster of its own: a directory, a configuration, and the processes it starts."""

    prefix = ()  # put before every command

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="synod-e2e-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.env = dict(os.environ, SYNOD=SYNOD, SYNOD_RUN_DIR=str(self.directory / "run"))
        self.conf = self.directory / "paxos.conf"
        self.conf.write_text(configuration())
        self.clients, self.learners, self.proposers, self.acceptors = {}, {}, {}, {}

    def configure(self, extra):
        self.conf.write_text(configuration(extra))

    def start(self, role, id, *options, stdin=None, conf=None):
        process = Process([ROOT / f"{role}.sh", id, conf or self.conf, *options], self.env, ROOT, stdin, self.prefix)
        self.addCleanup(process.close)
        return process

    def synod(self, *arguments, stdin=b"", seconds=60, env=None):
        """Runs the command to its end; its exit status, output and errors."""
        done = subprocess.run([*self.prefix, SYNOD, *map(str, arguments)], input=stdin, capture_output=True,
                              timeout=seconds, cwd=self.directory, env=env or self.env, check=False)
        return done.returncode, done.stdout, done.stderr

    def start_acceptors(self, *ids, options=()):
        for id in ids:
            self.acceptors[id] = self.start("acceptor", id, *options)

    def start_proposers(self, *ids, options=()):
        for id in ids:
            self.proposers[id] = self.start("proposer", id, *options)

    def start_learners(self, *ids, options=()):
        for id in ids:
            self.learners[id] = self.start("learner", id, *options)

    def start_client(self, id, values, *options):
        data = values if values is subprocess.PIPE else b"".join(value + b"\n" for value in values)
        self.clients[id] = self.start("client", id, *options, stdin=data)
        return self.clients[id]

    def start_servers(self, acceptors=(1, 2, 3), proposers=(1, 2), learners=(1, 2), options=()):
        self.start_acceptors(*acceptors, options=options)
        self.start_learners(*learners, options=options)
        self.start_proposers(*proposers, options=options)

    # What must hold.

    def expect_delivered(self, submitted, seconds=5.0):
        """Within so many seconds all clients end well and every learner prints what they submitted: each value
        as often as it was submitted, in one order, in the order of each client (values that tell their client)."""
        deadline = time.monotonic() + seconds
        count = sum(map(len, submitted.values()))
        for id, client in self.clients.items():
            self.assertEqual(client.wait(max(0, deadline - time.monotonic())), 0,
                             f"client {id}: {bytes(client.errors)!r}")
        for id, learner in self.learners.items():
            if learner.process.poll() is None:
                self.assertTrue(learner.wait_lines(count, max(0, deadline - time.monotonic())),
                                f"learner {id} printed {learner.lines} of {count} values: {bytes(learner.errors)!r}")
        for learner in self.learners.values():
            learner.stop()
        self.expect_sequences(submitted)

    def expect_sequences(self, submitted):
        """The same for what the learners have printed, who have ended."""
        wanted = collections.Counter(value for values in submitted.values() for value in values)
        first = None
        for id, learner in self.learners.items():
            learned = learner.learned()
            self.assertFalse(collections.Counter(learned) - wanted, f"learner {id} printed what it must not")
            self.assertFalse(wanted - collections.Counter(learned), f"learner {id} did not print all")
            first = learned if first is None else first
            self.assertTrue(learned == first, f"learner {id} printed another order")
        if first is not None:
            self.expect_client_order(first, submitted)

    def expect_client_order(self, learned, submitted, all_of_it=True):
        """Of values that occur once in all that was submitted; equal ones cannot tell whose they are."""
        count = collections.Counter(value for values in submitted.values() for value in values)
        for id, values in submitted.items():
            mine = [value for value in values if count[value] == 1]
            mine_set = set(mine)
            order = [value for value in learned if value in mine_set]
            self.assertTrue(order == mine[:len(order)] and (not all_of_it or len(order) == len(mine)),
                            f"the values of client {id} are not in its order")

    def expect_prefixes(self, submitted):
        """Some values may be missing, but those learned are right, once, in order, and one learner's sequence begins
        the other's."""
        wanted = collections.Counter(value for values in submitted.values() for value in values)
        sequences = sorted((learner.learned() for learner in self.learners.values()), key=len)
        for shorter, longer in zip(sequences, sequences[1:]):
            self.assertTrue(longer[:len(shorter)] == shorter, "the learners disagree")
        for learned in sequences:
            self.assertFalse(collections.Counter(learned) - wanted)
            self.expect_client_order(learned, submitted, all_of_it=False)

    def expect_silent(self):
        """Nobody had a complaint."""
        for processes in (self.clients, self.learners, self.proposers, self.acceptors):
            for id, process in processes.items():
                with process.changed:
                    self.assertEqual(bytes(process.errors), b"", f"{process.command}")
