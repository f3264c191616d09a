"""Servers of the replicated store, as real processes on loopback, and a client that speaks to them."""
import json
import os
import pathlib
import shutil
import socket
import tempfile
import time
import unittest

from harness import SYNOD, Process, free_ports

SECONDS = 20  # until a test gives up waiting


def request(*words):
    """The words as an array of bulk strings."""
    words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


class ReplyError(Exception):
    """An error that the server has replied."""


class Closed(Exception):
    """The server has closed the connection."""


class RedisClient:
    def __init__(self, port, seconds=SECONDS, source=""):
        # Who binds without need takes a port of its own, and thousands of clients leave none for a minute.
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=seconds,
                                               source_address=(source, 0) if source else None)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, *words):
        self.socket.sendall(request(*words))

    def ask(self, *words):
        """The reply; an error that is one is raised."""
        self.send(*words)
        return self.reply()

    def more(self):
        try:
            chunk = self.socket.recv(1 << 16)
        except ConnectionError as error:
            raise Closed() from error
        if not chunk:
            raise Closed()
        self.buffer += chunk

    def line(self):
        while b"\r\n" not in self.buffer:
            self.more()
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line

    def reply(self):
        line = self.line()
        kind, rest = line[:1], line[1:]
        if kind == b"+":
            return rest
        if kind == b"-":
            raise ReplyError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return self.bulk(int(rest))
        if kind == b"*":
            return None if int(rest) < 0 else [self.reply() for _ in range(int(rest))]
        raise AssertionError(f"no reply: {line!r}")

    def bulk(self, size):
        if size < 0:
            return None
        while len(self.buffer) < size + 2:
            self.more()
        bulk, self.buffer = self.buffer[:size], self.buffer[size + 2:]
        return bulk

    def info(self):
        lines = self.ask("INFO").decode().split("\r\n")
        return dict(line.split(":", 1) for line in lines if ":" in line)


class Servers(unittest.TestCase):
    """`self.start()` starts servers 1, 2 and 3."""

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="synod-server-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.env = dict(os.environ, SYNOD_RUN_DIR=str(self.directory))
        for name in ("SYNOD_SID", "PAXOS_SID"):
            self.env.pop(name, None)
        ports = free_ports(7)
        self.ports = dict(zip((1, 2, 3), ports))
        self.redis = dict(zip((1, 2, 3), ports[3:]))
        self.group_port = ports[6]
        self.configuration = self.directory / "paxos.config.json"
        self.write_servers()
        self.servers = {}

    def write_servers(self, **more):
        self.configuration.write_text(json.dumps({"servers": [
            {"sid": sid, "address": f"127.0.0.1:{self.ports[sid]}", "redis": f"127.0.0.1:{self.redis[sid]}"}
            for sid in (1, 2, 3)], **more}))

    def start_one(self, sid, *options):
        server = Process([SYNOD, "server", self.configuration, "--sid", str(sid), *options], self.env, self.directory)
        self.addCleanup(lambda: self.assertEqual(bytes(server.errors).decode(), "", f"server {sid}"))
        self.addCleanup(server.close)
        self.servers[sid] = server
        self.assertTrue(server.wait_lines(1, SECONDS), bytes(server.errors).decode())
        return server

    def log(self, sid):
        return self.directory / f"executed-{sid}.log"

    def start(self, *options):
        for sid in (1, 2, 3):
            self.start_one(sid, "--log", self.log(sid), *options)
        self.await_leader()

    def client(self, sid, seconds=SECONDS):
        client = RedisClient(self.redis[sid], seconds)
        self.addCleanup(client.close)
        return client

    def await_that(self, what, seconds=SECONDS):
        """Asks again and again: the first answer that is true."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if answer := what():
                return answer
            time.sleep(0.01)
        self.fail(f"not within {seconds} s: {self.outputs()}")

    def outputs(self):
        return {sid: bytes(server.output + server.errors).decode() for sid, server in self.servers.items()}

    def info(self, sid):
        with RedisClient(self.redis[sid]) as client:
            return client.info()

    def leader(self):
        """The sid of the living server that leads."""
        for sid, server in self.servers.items():
            if server.process.poll() is None and self.info(sid)["synod_leads"] == "1":
                return sid
        return None

    def await_leader(self):
        return self.await_that(self.leader)

    def position(self, sid):
        return int(self.info(sid)["synod_position"])

    def await_same_position(self, *sids):
        self.await_that(lambda: len({self.position(sid) for sid in sids or self.servers}) == 1)

    def executed(self, sid):
        """What a server has written: (position, session, text)."""
        return [tuple(line.split(" ", 2)) for line in self.log(sid).read_text().splitlines()
                if not line.startswith("#")]
