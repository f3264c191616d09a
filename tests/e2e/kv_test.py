"""`synod kv`: operations by hand and from files, and none that runs twice when servers die under it."""
import contextlib
import json
import os
import pty
import signal
import socket
import subprocess
import threading
import unittest

from harness import ROOT, SYNOD
from server_harness import SECONDS, RedisClient, ReplyError, Servers


class Kv(Servers):
    def setUp(self):
        super().setUp()
        self.client_configuration = self.directory / "client.config.json"
        self.write_configuration(leader=1)

    def write_configuration(self, **more):
        servers = {str(sid): f"127.0.0.1:{port}" for sid, port in self.ports.items()}
        self.client_configuration.write_text(json.dumps({"servers": servers, **more}))

    def command(self, *words):
        return [SYNOD, "kv", *words]

    def kv(self, *words, status=0, input=""):
        done = subprocess.run(self.command(*words), capture_output=True, text=True, timeout=60, input=input,
                              env=self.env, cwd=self.directory)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout if status == 0 else done.stdout + done.stderr

    def test_an_operation_from_the_command_line_prints_what_the_store_answers(self):
        self.start()
        self.assertEqual(self.kv("client.config.json", "set", "greeting", "hello, world"), "OK\n")
        self.assertEqual(self.kv("get", "greeting"), "hello, world\n")
        self.assertEqual(self.kv("incrby", "n", "-5"), "-5\n")
        self.assertEqual(self.kv("get", "nothing"), "(nil)\n")
        self.assertEqual(self.kv("mget", "greeting", "n"), "hello, world\n-5\n")
        self.assertIn("ERR value is not an integer", self.kv("incr", "greeting", status=1))
        self.assertIn("unknown command", self.kv("frobnicate", status=2))
        for words in (("multi",), ("hello", "3"), ("client", "setname", "x"), ("select", "0")):
            self.assertIn("redis-cli", self.kv(*words, status=2))
        self.assertIn("synod_sid:", self.kv("info"))

    def test_json_is_an_object_a_line(self):
        self.start()
        lines = self.kv("--json", "--file", "-", input="set a 1\nget a\nkeys *\nset b x\nincr b\n", status=1).splitlines()
        found = [json.loads(line) for line in lines]
        self.assertEqual(found[:3], [{"ok": True, "value": "OK"}, {"ok": True, "value": "1"}, {"ok": True, "value": ["a"]}])
        self.assertFalse(found[4]["ok"])

    def test_a_file_of_operations_is_run_line_by_line(self):
        self.start()
        operations = self.directory / "operations.txt"
        operations.write_text("# a comment\n\nset name 'two words'\nget name\nset 'open\nget name\n")
        text = self.kv("--file", operations, status=2)
        self.assertEqual(text.count("two words\n"), 2)
        self.assertIn("a quote is not closed", text)
        self.assertIn("cannot read", self.kv("--file", "nothing.txt", status=2))

    def test_a_server_that_is_down_is_passed_over(self):
        self.start()
        self.servers[1].kill()
        self.await_that(lambda: self.leader() in (2, 3))
        self.assertEqual(self.kv("set", "a", "b"), "OK\n")
        self.assertEqual(self.kv("get", "a"), "b\n")

    def test_a_server_that_hangs_is_given_a_share_of_the_time(self):
        self.start()
        self.servers[1].send(signal.SIGSTOP)
        self.await_that(lambda: any(self.info(sid)["synod_leads"] == "1" for sid in (2, 3)))
        self.assertEqual(self.kv("--timeout", "1500ms", "set", "a", "b"), "OK\n")

    def test_what_no_server_takes_is_refused_at_once(self):
        operations = self.directory / "operations.txt"
        operations.write_text(f"set a {'x' * (32 * 1024 * 1024 + 1)}\n")
        self.assertIn("33554432 at most", self.kv("--file", operations, status=2))
        operations.write_text(f"mset a {'x' * (30 << 20)} b {'x' * (30 << 20)}\n")
        self.assertIn("the operation has", self.kv("--file", operations, status=2))

    def test_without_a_majority_it_says_that_the_outcome_is_unknown_and_what_to_look_at(self):
        self.start()
        for sid in (1, 2):
            self.servers[sid].send(signal.SIGSTOP)
        text = self.kv("--timeout", "700ms", "set", "a", "b", status=3)
        self.assertIn("majority", text)
        self.assertIn("may have run", text)
        self.servers[3].send(signal.SIGSTOP)
        self.assertIn("was sent; it changes nothing", self.kv("--timeout", "300ms", "info", status=3))
        for server in self.servers.values():
            server.kill()
        self.assertIn("was not sent", self.kv("--timeout", "300ms", "set", "a", "b", status=3))

    def test_each_operation_runs_once_though_servers_are_killed_and_stopped_under_it(self):
        self.start()
        count = 3000
        process = subprocess.Popen(self.command("--timeout", "30s", "--file", "-"), stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, env=self.env, cwd=self.directory)
        self.addCleanup(process.stdout.close)
        replies = []
        reader = threading.Thread(target=lambda: replies.extend(int(line) for line in process.stdout))
        reader.start()
        feeder = threading.Thread(target=lambda: (process.stdin.write(b"incr n\n" * count), process.stdin.close()))
        feeder.start()
        self.await_that(lambda: self.count(2) > 200)
        self.servers[1].kill()
        self.await_that(lambda: self.count(2) > 600)
        self.servers[2].send(signal.SIGSTOP)  # the third one alone decides nothing
        known = len(replies)
        self.servers[2].send(signal.SIGCONT)
        self.await_that(lambda: len(replies) > known)
        reader.join(60)
        feeder.join(5)
        self.assertEqual(process.wait(60), 0)
        self.assertEqual(replies, list(range(1, count + 1)))
        self.assertEqual(self.count(3), count)

    def count(self, sid):
        with RedisClient(self.redis[sid]) as client:
            return int(client.ask("GET", "n") or 0)

    def test_a_numbered_command_that_comes_again_by_another_server_runs_once(self):
        self.start()
        self.assertEqual(self.client(1).ask("SYNOD.ONCE", "me", 1, "INCR", "n"), 1)
        self.assertEqual(self.client(2).ask("SYNOD.ONCE", "me", 1, "INCR", "n"), 1)
        self.assertEqual(self.client(3).ask("SYNOD.ONCE", "me", 2, "INCR", "n"), 2)
        with self.assertRaisesRegex(ReplyError, "a later command"):
            self.client(1).ask("SYNOD.ONCE", "me", 1, "INCR", "n")
        for words in (("me", 0, "INCR", "n"), ("me", "x", "INCR", "n"), ("m" * 65, 1, "INCR", "n"), ("me", 3, "PING"),
                      ("me", 3, "FROB")):
            with self.assertRaisesRegex(ReplyError, "ERR"):
                self.client(1).ask("SYNOD.ONCE", *words)

    def test_the_prompt_runs_lines_and_remembers_them(self):
        self.start()
        home = dict(self.env, HOME=str(self.directory), TERM="dumb", LC_ALL="C")
        controller, terminal = pty.openpty()
        process = subprocess.Popen(self.command(), stdin=terminal, stdout=terminal, stderr=terminal, env=home,
                                   cwd=self.directory)
        os.close(terminal)
        os.write(controller, "set a 41\nincr a\nhelp\nset keyü Zürich\nquit\n".encode())
        shown = b""
        try:
            while chunk := os.read(controller, 4096):
                shown += chunk
        except OSError:
            pass
        os.close(controller)
        self.assertEqual(process.wait(SECONDS), 0)
        self.assertIn(b"42", shown)
        self.assertIn(b"operations are those of redis", shown.lower())
        self.assertEqual(self.kv("get", "keyü"), "Zürich\n")
        self.assertIn("incr", (self.directory / ".synod_history").read_text())

    def test_options_come_first_and_those_that_are_none_are_named(self):
        for words in (("-x", "client.config.json", "get", "a"), ("client.config.json", "--json", "get", "a")):
            self.assertIn("options come first", self.kv(*words, status=2))
        self.assertIn("[CONFIGURATION.json] [OPERATION...]", self.kv("--help"))

    def test_a_configuration_that_is_wrong_is_named_with_its_place(self):
        self.client_configuration.write_text('{"leader": 9, "servers": {"1": "127.0.0.1:7001"}}')
        self.assertIn("leader", self.kv("get", "a", status=2))
        missing = self.kv("no.json", "get", "a", status=2)
        self.assertIn("no.json", missing)
        self.assertIn("examples/client.config.json", missing)
        example = (ROOT / "examples/client.config.json").read_text()
        self.client_configuration.write_text(example)
        self.assertIn("unknown command", self.kv("frobnicate", status=2))

    def scripted(self, replies):
        """A server that replies so to one request after another, and closes at a None. The requests, as they come."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        servers = {"1": f"127.0.0.1:{listener.getsockname()[1]}"}
        self.client_configuration.write_text(json.dumps({"servers": servers}))
        requests = []

        def serve():
            left = list(replies)
            with contextlib.suppress(OSError):  # the listener is closed when the test ends
                while left:
                    converse(left)

        def converse(left):
            with listener.accept()[0] as stream:
                while chunk := stream.recv(10000):
                    requests.append(chunk.decode().split("\r\n")[2::2])
                    reply = left.pop(0) if left else None
                    if reply is None:
                        return
                    stream.sendall(reply)
        threading.Thread(target=serve, daemon=True).start()
        return requests

    FORGOTTEN = b"-ERR nothing is known of this client any more; whether its command has run is not known\r\n"

    def test_an_operation_of_a_forgotten_session_runs_in_a_new_one(self):
        requests = self.scripted([b":1\r\n", self.FORGOTTEN, b":2\r\n", b":3\r\n"])
        self.assertEqual(self.kv("--file", "-", input="incr n\n" * 3), "1\n2\n3\n")
        sessions = [words[1] for words in requests]
        self.assertEqual([words[2] for words in requests], ["1", "2", "1", "2"])
        self.assertEqual(sessions[0::2], sessions[1::2])
        self.assertNotEqual(sessions[0], sessions[2])

    def test_what_may_have_run_in_a_forgotten_session_is_not_sent_anew(self):
        requests = self.scripted([b":1\r\n", None, self.FORGOTTEN, b":3\r\n"])
        text = self.kv("--file", "-", input="incr n\n" * 3, status=1)
        self.assertIn("1\n3\n", text)
        self.assertIn("whether its command has run is not known", text)
        self.assertEqual([words[2] for words in requests], ["1", "2", "2", "1"])

    def test_a_server_with_too_many_clients_is_passed_over(self):
        self.start()
        full = b"-ERR max number of clients reached\r\n"
        self.scripted([full])
        fake = json.loads(self.client_configuration.read_text())["servers"]["1"]
        servers = {"1": fake, "2": f"127.0.0.1:{self.ports[2]}"}
        self.client_configuration.write_text(json.dumps({"leader": 1, "servers": servers}))
        self.assertEqual(self.kv("set", "a", "b"), "OK\n")
        self.scripted([full] * 1000)
        text = self.kv("--timeout", "300ms", "set", "a", "b", status=3)
        self.assertIn("max number of clients", text)
        self.assertIn("was not sent", text)

    def test_what_is_no_server_is_passed_over(self):
        self.start()
        with socket.create_server(("127.0.0.1", 0)) as nobody:
            def babble():
                with nobody.accept()[0] as stream:
                    stream.sendall(b"220 mail.example.org\r\n")
                    stream.recv(1000)
            threading.Thread(target=babble, daemon=True).start()
            servers = {"1": f"127.0.0.1:{nobody.getsockname()[1]}", "2": f"127.0.0.1:{self.ports[2]}"}
            self.client_configuration.write_text(json.dumps({"leader": 1, "servers": servers}))
            self.assertEqual(self.kv("set", "a", "b"), "OK\n")


if __name__ == "__main__":
    unittest.main()
