#!/usr/bin/env python3
"""The key-value store beside Redis itself: the same bytes to both, and the same replies, to the byte.

KV_DRIVER names the program around our connections and store (tests/rsm/kv_driver.cpp). The seed of a failure is
in its message; REDIS_TEST_SEED runs it again, REDIS_TEST_STEPS makes it longer.
"""
import os
import pathlib
import random
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

DRIVER = os.environ.get("KV_DRIVER", str(pathlib.Path(__file__).resolve().parents[2] / "build/release/tests/kv_driver"))
VALUE_BYTES_MAX = 32 << 20
STEPS = int(os.environ.get("REDIS_TEST_STEPS", "4000"))
SEED = int(os.environ.get("REDIS_TEST_SEED", "0")) or random.getrandbits(32)


def request(*words):
    """The words as an array of bulk strings."""
    words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def end_of_reply(data, at=0):
    """Where the reply that begins at `at` ends; None: it is not whole yet."""
    line_end = data.find(b"\r\n", at)
    if line_end < 0:
        return None
    kind, size = data[at:at + 1], data[at + 1:line_end]
    at = line_end + 2
    if kind in b"$=" and int(size) >= 0:
        at += int(size) + 2
        return at if at <= len(data) else None
    if kind in b"*~%" and int(size) > 0:
        for _ in range(int(size) * (2 if kind == b"%" else 1)):
            at = end_of_reply(data, at)
            if at is None:
                return None
    return at


def split_replies(data):
    replies, at = [], 0
    while at < len(data):
        end = end_of_reply(data, at)
        if end is None:
            return replies, data[at:]
        replies.append(data[at:end])
        at = end
    return replies, b""


class Redis:
    """A redis-server of our own, on a port that was free."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="synod-redis-")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--databases", "1",
             "--dir", self.directory, "--proto-max-bulk-len", str(VALUE_BYTES_MAX)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for line in self.process.stdout:
            if b"Ready to accept connections" in line:
                return
        raise RuntimeError("redis-server did not start")

    def connect(self):
        return RedisConnection(self.port)

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        shutil.rmtree(self.directory, ignore_errors=True)


class RedisConnection:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)

    def exchange(self, data, expected):
        """Sends, and reads as many replies as expected, or to the end of the connection."""
        self.socket.sendall(data)
        received = b""
        while True:
            replies, rest = split_replies(received)
            if len(replies) >= expected and not rest:
                return received
            try:
                chunk = self.socket.recv(1 << 16)
            except ConnectionResetError:
                return received
            if not chunk:
                return received
            received += chunk

    def close(self):
        self.socket.close()


class Ours:
    """The driver, and the next number of a connection to it."""

    def __init__(self):
        self.process = subprocess.Popen([DRIVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.connections = 0

    def connect(self):
        self.connections += 1
        return OurConnection(self, self.connections)

    def exchange(self, number, now_ms, data):
        self.process.stdin.write(b"%d %d %d\n%s" % (number, now_ms, len(data), data))
        self.process.stdin.flush()
        length, _ = map(int, self.process.stdout.readline().split())
        return self.process.stdout.read(length)

    def stop(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class OurConnection:
    def __init__(self, driver, number):
        self.driver, self.number = driver, number

    def exchange(self, data, now_ms=None):
        return self.driver.exchange(self.number, now_ms or time.time_ns() // 1000000, data)


class Pair:
    """One client of both."""

    def __init__(self, test):
        self.test = test
        self.redis, self.ours = test.redis.connect(), test.ours.connect()
        test.addCleanup(self.redis.close)

    def send(self, data, shown):
        """The same bytes to both; returns the replies, those of Redis first."""
        ours = self.ours.exchange(data)
        replies, rest = split_replies(ours)
        self.test.assertEqual(rest, b"", f"half a reply to {shown}")
        theirs = self.redis.exchange(data, len(replies))
        return theirs, ours

    def same(self, *words):
        theirs, ours = self.send(request(*words), words)
        self.test.assertEqual(theirs, ours, f"redis first, then ours, to {words!r}; seed {SEED}")
        return ours

    def near(self, *words):
        """Numbers that depend on the time: the two were not asked at the same one."""
        theirs, ours = self.send(request(*words), words)
        self.test.assertAlmostEqual(int(theirs[1:]), int(ours[1:]), delta=1000, msg=f"{words!r}; seed {SEED}")

    def same_bytes(self, data):
        theirs, ours = self.send(data, data)
        self.test.assertEqual(theirs, ours, f"redis first, then ours, to {data!r}; seed {SEED}")
        return ours


@unittest.skipUnless(shutil.which("redis-server"), "redis-server is not installed (Debian: apt-get install redis-server)")
class BesideRedis(unittest.TestCase):
    def setUp(self):
        self.redis, self.ours = Redis(), Ours()
        self.addCleanup(self.redis.stop)
        self.addCleanup(self.ours.stop)

    # ---- What is said in so many words

    def test_of_numbers_that_are_none(self):
        client = Pair(self)
        odd = ["", " 1", "1 ", "+1", "-0", "01", "-01", "1.0", "0x10", "a", "9223372036854775807", "9223372036854775808",
               "-9223372036854775808", "-9223372036854775809", "18446744073709551616", "--1", "-", "1\0"]
        for number in odd:
            for words in [("INCRBY", "n", number), ("DECRBY", "n", number), ("SETRANGE", "r", number, "x"),
                          ("GETRANGE", "r", number, "2"), ("SET", "s", "v", "EX", number), ("EXPIREAT", "s", number),
                          ("EXPIRE", "s", number), ("GETEX", "s", "PX", number), ("SCAN", "0", "COUNT", number),
                          ("SELECT", number), ("HELLO", number), ("PSETEX", "s", number, "v"), ("SET", "i", number)]:
                if words[0] == "SETRANGE" and number.isdigit() and int(number) < 1 << 62:
                    continue
                if words[0] == "SCAN" and number.isdigit():
                    continue
                if words[0] == "HELLO" and number in ("2", "3"):
                    continue
                client.same(*words)
            client.same("INCR", "i")
            client.same("INCRBYFLOAT", "i", "1.5")

    def test_of_floating_point(self):
        client = Pair(self)
        floats = ["1", "0.1", "-0.1", "3.0e3", "1e-17", "1e-18", "1e18", "1.7976931348623157e308", "1e4932", "-1e4932",
                  "inf", "-inf", "+inf", "infinity", "nan", "", " 1", "1 ", "0x10", "0x1.8p1", "1e", ".5", "5.", "+1.5", "+-1",
                  "-+1", "--1", "0x", "0x-1", "1e5000", "123456789012345678.12345678901234567", "1_000", "1,5", "1\0"]
        for value in floats:
            for amount in floats:
                client.same("SET", "f", value)
                client.same("INCRBYFLOAT", "f", amount)
        for _ in range(200):
            client.same("INCRBYFLOAT", "g", repr(random.Random(SEED + _).uniform(-1e6, 1e6)))

    def test_of_patterns(self):
        client = Pair(self)
        keys = ["a", "b", "ab", "abc", "a*c", "a[b", "a]b", "a-c", "a\\c", "hello", "hallo", "hxllo", "^", "a^", "\xff"]
        for key in keys:
            client.same("SET", key, key)
        patterns = ["*", "a*", "*c", "*b*", "?", "??", "h[ae]llo", "h[^e]llo", "h[a-e]llo", "h[e-a]llo", "a[", "a[b", "[",
                    "[]", "[^]", "[^", "a\\", "a\\*c", "\\a", "[\\]a]", "[a-", "[a-]", "a[]]b", "a**c", "*?*", "", "a[*]c",
                    "[a-c-e]", "[--a]", "a[\\", "[^a", "h[^a-", "*[", "**", "a[-]c", "[\\^]", "[a\\-z]"]
        for pattern in patterns:
            theirs, ours = client.send(request("KEYS", pattern), pattern)
            self.assertEqual(sorted(split_keys(theirs)), sorted(split_keys(ours)), f"KEYS {pattern}")

    def test_of_requests_that_are_none(self):
        long = b"x" * (70 << 10)
        for data in [b"*1\r\n$4\r\nPING\r\n", b"PING\r\n", b"PING\n", b"\r\n\n  \r\nPING\r\n", b'ECHO "a\\x41\\n\\q"\r\n',
                     b"ECHO 'it\\'s \\n'\r\n", b'ECHO "a\r\n', b"ECHO 'a'b\r\n", b'ECHO a"b c"\r\n', b"*0\r\nPING\r\n",
                     b"*-5\r\nPING\r\n", b"*a\r\n", b"*1000000000000\r\n", b"*1\r\n:4\r\n", b"*1\r\n$-1\r\n", b"*1\r\n$x\r\n",
                     b"*1\r\n$99999999999\r\n", b"*1\r\n\r\n", b"*\r\n", b"*01\r\n", b"* 1\r\n", b"*1\r\n$04\r\nPING\r\n",
                     b"*2\r\n$4\r\nECHO\r\n$0\r\n\r\n", b"*1\r\n$4\r\nPINGxxPING\r\n", long, b"*" + long, b"*1\r\n$" + long,
                     b"*1\r\n$0\r\n\r\n", b"PING\r\n*x\r\n", b"GET\r\n", b"QUIT\r\nPING\r\n", b"ECHO \"\"\r\n",
                     b"poST / HTTP/1.1\r\nPING\r\n", b"hOst: x\r\nPING\r\n"]:
            with self.subTest(data=data[:40]):
                Pair(self).same_bytes(data)

    def test_of_commands_that_are_none(self):
        client = Pair(self)
        for words in [("NOSUCH",), ("NOSUCH", "a", "b"), ("NO\r\nSUCH", "a\r\nb"), ("x" * 200, "y" * 200, "z"), ("", ""),
                      ("NOSUCH", *["abcdefghij"] * 30), ("GET",), ("get", "a", "b"), ("SET", "a"), ("MSET", "a"),
                      ("MSET", "a", "b", "c"), ("MSETNX", "a", "b", "c"), ("PING", "a", "b"), ("ECHO",), ("CLIENT",),
                      ("CLIENT", "NOSUCH"), ("CLIENT", "GETNAME", "x"), ("CONFIG", "GET"), ("CONFIG",), ("COMMAND", "COUNT", "x"),
                      ("COMMAND", "NOSUCH"), ("client|id",), ("CLIENT|ID", "x"), ("SELECT", "1"), ("SELECT", "-1"),
                      ("SELECT", "99999999999"), ("AUTH", "p"), ("AUTH", "default", "p"), ("AUTH", "u", "p"),
                      ("AUTH", "a", "b", "c"), ("HELLO", "4"), ("HELLO", "x"), ("HELLO", "2", "NOSUCH"), ("HELLO", "2", "AUTH", "u"),
                      ("HELLO", "2", "AUTH", "u", "p"), ("HELLO", "2", "SETNAME", "a b"), ("CLIENT", "SETNAME", "a b"),
                      ("CLIENT", "SETNAME", "me"), ("CLIENT", "GETNAME"), ("CLIENT", "SETNAME", ""), ("CLIENT", "GETNAME"),
                      ("EXEC",), ("DISCARD",), ("EXEC", "x"), ("UNWATCH",), ("WATCH",), ("RESET",), ("FLUSHALL", "x"),
                      ("FLUSHALL", "SYNC", "x"), ("FLUSHDB", "ASYNC"), ("FLUSHALL", "sync"), ("SCAN",), ("SCAN", "x"),
                      ("SCAN", "0", "COUNT"), ("SCAN", "0", "COUNT", "0"), ("SCAN", "0", "NOSUCH", "1"), ("SCAN", "-1"), ("SCAN", ""), ("SCAN", "-"), ("SCAN", "+-1"), ("SCAN", "0\0x"),
                      ("SCAN", " 1"), ("SCAN", "0", "MATCH"), ("SCAN", "0", "COUNT", "x", "MATCH"), ("RENAME", "none", "x"),
                      ("RENAMENX", "none", "x"), ("RENAME", "none", "none"), ("TYPE", "none"), ("RANDOMKEY",), ("TTL", "none"),
                      ("EXPIRE", "k", "1", "NX", "XX"), ("EXPIRE", "k", "1", "GT", "LT"), ("EXPIRE", "k", "1", "NO\r\n"),
                      ("EXPIRE", "k", "x", "NO"), ("EXPIRE", "k", "x", "NX", "GT"), ("GETEX", "k", "EX"), ("GETEX", "k", "KEEPTTL"),
                      ("SETRANGE", "k", VALUE_BYTES_MAX, "x"), ("SETRANGE", "k", "-1", "x"), ("SETRANGE", "k", "5", ""),
                      ("SETRANGE", "k", "9223372036854775807", "xy"), ("QUIT",)]:
            client.same(*words)

    def test_of_the_options_of_set(self):
        options = ["NX", "XX", "GET", "KEEPTTL", "PERSIST", "EX", "PX", "EXAT", "PXAT", "100", "0", "-1", "5000000000",
                   "5000000000000", "9223372036854775807", "9223372036854775", "x", "ex"]
        source = random.Random(SEED)
        client = Pair(self)
        for _ in range(3000):
            chosen = source.choices(options, k=source.randrange(5))
            key = source.choice("ab")
            if source.random() < 0.7:
                client.same("SET", key, source.random(), *chosen)
            else:
                client.same("GETEX", key, *chosen)
            client.near("PEXPIRETIME", key)
            if source.random() < 0.2:
                client.same("DEL", key)

    # ---- Transactions

    def test_of_transactions(self):
        client, other = Pair(self), Pair(self)
        scripts = [
            [("MULTI",), ("EXEC",)],
            [("MULTI",), ("MULTI",), ("EXEC",)],
            [("MULTI",), ("WATCH", "a"), ("EXEC",)],
            [("MULTI",), ("SET", "a", "1"), ("GET", "a"), ("INCR", "a"), ("EXEC",)],
            [("MULTI",), ("SET", "a", "x"), ("INCR", "a"), ("GET", "a"), ("EXEC",)],
            [("MULTI",), ("SET", "a"), ("GET", "a"), ("EXEC",), ("GET", "a")],
            [("MULTI",), ("NOSUCH",), ("EXEC",)],
            [("MULTI",), ("EXEC", "x"), ("EXEC",)],
            [("MULTI",), ("DISCARD", "x"), ("EXEC",)],
            [("MULTI",), ("SET", "a", "2"), ("DISCARD",), ("GET", "a"), ("EXEC",)],
            [("MULTI",), ("PING",), ("SET", "a", "3"), ("ECHO", "x"), ("GET", "a"), ("CLIENT", "GETNAME"), ("EXEC",)],
            [("MULTI",), ("PING",), ("ECHO", "x"), ("EXEC",)],
            [("MULTI",), ("SELECT", "7"), ("PING", "a", "b"), ("UNWATCH",), ("MGET", "a", "none"), ("EXEC",)],
            [("MULTI",), ("CLIENT", "SETNAME", "me"), ("CLIENT", "NOSUCH"), ("EXEC",), ("CLIENT", "GETNAME")],
            [("MULTI",), ("CLIENT", "SETNAME", "me"), ("CLIENT", "GETNAME"), ("EXEC",), ("CLIENT", "GETNAME")],
            [("MULTI",), ("RESET",), ("EXEC",)],
            [("WATCH", "a"), ("MULTI",), ("SET", "a", "4"), ("EXEC",)],
            [("WATCH", "a", "b"), ("UNWATCH",), ("MULTI",), ("GET", "a"), ("EXEC",)],
            [("WATCH", "a"), ("SET", "a", "5"), ("MULTI",), ("GET", "a"), ("EXEC",), ("MULTI",), ("GET", "a"), ("EXEC",)],
            [("WATCH", "a"), ("SET", "a", "6"), ("MULTI",), ("PING",), ("GET", "a"), ("EXEC",)],
            [("WATCH", "a"), ("SET", "a", "6"), ("MULTI",), ("EXEC",)],
            [("WATCH", "a"), ("SET", "a", "6"), ("UNWATCH",), ("MULTI",), ("GET", "a"), ("EXEC",)],
            [("WATCH", "a"), ("SET", "a", "6"), ("MULTI",), ("UNWATCH",), ("EXEC",)],
            [("WATCH", "a"), ("WATCH", "a"), ("SET", "a", "7"), ("WATCH", "a"), ("MULTI",), ("EXEC",)],
            [("WATCH", "a"), ("DISCARD",), ("SET", "a", "7"), ("MULTI",), ("DISCARD",), ("MULTI",), ("EXEC",)],
            [("WATCH", "a"), ("SET", "a", "8"), ("RESET",), ("MULTI",), ("GET", "a"), ("EXEC",)],
        ]
        for script in scripts:
            client.same("SET", "a", "0")
            for words in script:
                client.same(*words)
            client.same("RESET")
            client.same_bytes(b"".join(request(*words) for words in script))
            client.same("RESET")
        changes = [("SET", "a", "0"), ("APPEND", "a", ""), ("SETRANGE", "a", "0", ""), ("EXPIRE", "a", "100"), ("PERSIST", "a"),
                   ("PERSIST", "none"), ("GET", "a"), ("TTL", "a"), ("DEL", "a"), ("DEL", "none"), ("GETDEL", "a"), ("GETEX", "a"),
                   ("GETEX", "a", "PERSIST"), ("GETEX", "a", "EX", "100"), ("INCRBY", "a", "0"), ("RENAME", "a", "b"),
                   ("RENAME", "a", "a"), ("RENAME", "b", "a"), ("MSET", "a", "1"), ("MSETNX", "a", "1", "c", "1"), ("SETNX", "a", "1"),
                   ("SET", "a", "1", "XX"), ("SET", "a", "1", "NX"), ("FLUSHALL",), ("FLUSHDB",), ("GETSET", "a", "0"),
                   ("EXPIREAT", "a", "1"), ("EXPIRE", "a", "100", "GT"), ("SETRANGE", "a", "1", "x"), ("INCRBYFLOAT", "a", "0")]
        for change in changes:
            client.same("SET", "a", "0")
            client.same("SET", "b", "0")
            client.same("WATCH", "a")
            other.same(*change)
            client.same("MULTI")
            client.same("GET", "a")
            client.same("EXEC")

    def test_of_watched_keys_that_are_gone(self):
        client, other = Pair(self), Pair(self)
        for change in [("SET", "new", "1"), ("DEL", "new"), ("FLUSHALL",), ("GET", "new"), ("SETRANGE", "new", "3", "x")]:
            client.same("DEL", "new")
            client.same("WATCH", "new")
            other.same(*change)
            client.same("MULTI")
            client.same("EXEC")

    def test_of_watched_keys_that_came_and_went(self):
        client, other = Pair(self), Pair(self)
        for words in [("SET", "new", "1"), ("SET", "new", "1", "PX", "100000"), ("APPEND", "new", "1"), ("INCR", "new"),
                      ("MSET", "other", "1", "new", "1")]:
            for end in [("DEL", "new"), ("RENAME", "new", "elsewhere"), ("FLUSHALL",), ("PEXPIRE", "new", "-1")]:
                client.same("DEL", "new")
                client.same("WATCH", "new")
                other.same(*words)
                other.same(*end)
                client.same("MULTI")
                client.same("EXEC")

    # ---- Time

    def test_of_time_that_passes(self):
        client = Pair(self)
        client.same("SET", "short", "v", "EX", "100")
        client.same("SET", "long", "v", "EX", "100")
        client.same("GET", "short")
        client.same("PEXPIRE", "short", "60")
        deadline = time.monotonic() + 20
        while client.redis.exchange(request("EXISTS", "short"), 1) == b":1\r\n":
            self.assertLess(time.monotonic(), deadline)
        for words in [("GET", "short"), ("TTL", "short"), ("EXISTS", "short", "long"), ("TTL", "long"), ("PERSIST", "short"),
                      ("SET", "short", "v", "XX"), ("APPEND", "short", "w"), ("TTL", "short"), ("DBSIZE",), ("EXPIRE", "long", "-1"),
                      ("DBSIZE",), ("SET", "past", "v", "PXAT", "1"), ("GET", "past"), ("SETEX", "long", "10", "v"),
                      ("RENAME", "long", "short"), ("TTL", "short"), ("GETSET", "short", "w"), ("TTL", "short")]:
            client.same(*words)

    def test_of_conditions_on_deadlines(self):
        client, source = Pair(self), random.Random(SEED)
        client.same("MSET", "a", "1", "b", "2")
        for _ in range(1500):
            key = source.choice("abc")
            at = 4000000000000 + source.randrange(10) * 1000
            unit = source.choice([("PEXPIREAT", at), ("EXPIREAT", at // 1000)])
            client.same(unit[0], key, unit[1], *source.choices(["NX", "XX", "GT", "LT"], k=source.choice([0, 1, 1, 1, 2])))
            client.same(source.choice(["EXPIRETIME", "PEXPIRETIME", "PERSIST"]), key)

    # ---- Anything, in any order

    def test_of_random_commands(self):
        source = random.Random(SEED)
        clients = [Pair(self) for _ in range(3)]
        for step in range(STEPS):
            client = source.choice(clients)
            if source.random() < 0.02:
                self.check_all_keys(client)
            words = [random_command(source) for _ in range(source.choice([1, 1, 1, 5, 16]))]
            client.same_bytes(b"".join(request(*each) for each in words))

    def test_of_random_commands_in_resp3(self):
        source = random.Random(SEED + 1)
        client = Pair(self)
        theirs, ours = client.send(request("HELLO", "3"), "HELLO 3")
        self.assertEqual(theirs[:theirs.index(b"$2\r\nid")], ours[:ours.index(b"$2\r\nid")])
        for _ in range(STEPS // 4):
            client.same(*random_command(source))

    def test_of_scans_that_go_on_while_keys_come_and_go(self):
        source = random.Random(SEED)
        client = self.ours.connect()
        stay = {b"stay%d" % i for i in range(1000)}
        for key in stay:
            client.exchange(request("SET", key, "1"))
        found, cursor = [], b"0"
        while True:
            reply = client.exchange(request("SCAN", cursor, "COUNT", source.randrange(1, 30)))
            cursor = reply.split(b"\r\n")[2]
            found += split_keys(reply[reply.index(b"\r\n*") + 2:])
            for _ in range(50):
                client.exchange(request(source.choice(["SET", "DEL"]), "go%d" % source.randrange(20000), "1")
                                if source.random() < 0.9 else request("PING"))
            if cursor == b"0":
                break
        self.assertLessEqual(stay, set(found))
        self.assertEqual(len(found), len(set(found)), "a key came twice")

    def check_all_keys(self, client):
        """Outside of a transaction, the same keys with the same values at both."""
        if b"QUEUED" in client.same("DBSIZE"):
            return
        theirs, ours = client.send(request("KEYS", "*"), "KEYS")
        self.assertEqual(sorted(split_keys(theirs)), sorted(split_keys(ours)), f"seed {SEED}")
        for key in split_keys(ours):
            client.same("GET", key)
            client.same("PEXPIRETIME", key)


def split_keys(reply):
    """The bulk strings of an array."""
    keys, at = [], reply.index(b"\r\n") + 2
    while at < len(reply):
        line_end = reply.index(b"\r\n", at)
        size = int(reply[at + 1:line_end])
        keys.append(reply[line_end + 2:line_end + 2 + size])
        at = line_end + 4 + size
    return keys


def random_command(source):
    key = lambda: source.choice(["a", "b", "c", "d", "e", "key:%d" % source.randrange(20)])
    number = lambda: source.choice([0, 1, -1, 5, -5, 100, 9223372036854775807, -9223372036854775808, "x"])
    small = lambda: source.randrange(-12, 12)
    value = lambda: source.choice(["", "10", "-3", "3.25", "hello", "x" * source.randrange(40), "9223372036854775807", b"\0\xff\r\n"])
    later = lambda: 4000000000 + source.randrange(100)
    keys = lambda: [key() for _ in range(source.randrange(1, 4))]
    pairs = lambda: [word for _ in range(source.randrange(1, 4)) for word in (key(), value())]
    return source.choice([
        lambda: ("GET", key()), lambda: ("SET", key(), value()), lambda: ("SET", key(), value(), "EXAT", later()),
        lambda: ("SET", key(), value(), source.choice(["NX", "XX", "GET", "KEEPTTL"])), lambda: ("SETNX", key(), value()),
        lambda: ("GETSET", key(), value()), lambda: ("GETDEL", key()), lambda: ("GETEX", key(), "PXAT", later() * 1000),
        lambda: ("GETEX", key(), "PERSIST"), lambda: ("GETEX", key()), lambda: ("MGET", *keys()), lambda: ("MSET", *pairs()),
        lambda: ("MSETNX", *pairs()), lambda: ("INCR", key()), lambda: ("DECR", key()), lambda: ("INCRBY", key(), number()),
        lambda: ("DECRBY", key(), number()), lambda: ("INCRBYFLOAT", key(), source.choice(["0.1", "-2.5", "1e3", "x", 3])),
        lambda: ("APPEND", key(), value()), lambda: ("STRLEN", key()), lambda: ("GETRANGE", key(), small(), small()),
        lambda: ("SETRANGE", key(), source.randrange(30), value()), lambda: ("DEL", *keys()), lambda: ("UNLINK", *keys()),
        lambda: ("EXISTS", *keys()), lambda: ("TYPE", key()), lambda: ("EXPIREAT", key(), later()),
        lambda: ("PEXPIREAT", key(), later() * 1000, source.choice(["NX", "XX", "GT", "LT"])), lambda: ("EXPIRETIME", key()),
        lambda: ("PEXPIRETIME", key()), lambda: ("PERSIST", key()), lambda: ("DBSIZE",), lambda: ("RENAME", key(), key()),
        lambda: ("RENAMENX", key(), key()), lambda: ("MULTI",), lambda: ("EXEC",), lambda: ("EXEC",), lambda: ("DISCARD",),
        lambda: ("PING",), lambda: ("ECHO", value()), lambda: ("EXPIRE", key(), source.choice([-1, 0])),
        lambda: ("FLUSHALL",) if source.random() < 0.2 else ("PING", value()), lambda: ("GET",), lambda: ("UNWATCH",),
    ])()


if __name__ == "__main__":
    unittest.main()
