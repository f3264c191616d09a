"""`synod server`: three servers, Redis clients, and everything that goes wrong with either."""
import os
import resource
import signal
import socket
import subprocess
import threading
import unittest

from harness import ROOT, SYNOD, Process
from server_harness import SECONDS, Closed, RedisClient, ReplyError, Servers, request


class Service(Servers):
    def test_what_one_server_takes_every_server_tells(self):
        self.start()
        self.assertEqual(self.client(1).ask("SET", "greeting", "hello"), b"OK")
        for sid in (1, 2, 3):
            self.assertEqual(self.client(sid).ask("GET", "greeting"), b"hello")
            with RedisClient(self.ports[sid]) as client:
                self.assertEqual(client.ask("STRLEN", "greeting"), 5)

    def test_a_pipeline_is_answered_in_its_order_at_every_server(self):
        self.start()
        for sid in (1, 2, 3):
            client = self.client(sid)
            client.socket.sendall(b"".join(request("APPEND", f"k{sid}", "x") for _ in range(5000)))
            self.assertEqual([client.reply() for _ in range(5000)], list(range(1, 5001)))

    def test_a_transaction_runs_at_one_place_of_the_log_and_minds_what_is_watched(self):
        self.start()
        one, other = self.client(1), self.client(2)
        one.ask("SET", "balance", "100")
        one.ask("WATCH", "balance")
        one.ask("MULTI")
        one.ask("DECRBY", "balance", "30")
        self.assertEqual(other.ask("DECRBY", "balance", "80"), 20)
        self.assertIsNone(one.ask("EXEC"))
        one.ask("MULTI")
        one.ask("INCR", "a")
        one.ask("INCR", "b")
        self.assertEqual(one.ask("EXEC"), [1, 1])

    def test_values_that_are_larger_than_datagrams_arrive_whole(self):
        self.start()
        value = os.urandom(9 << 20)
        self.client(2).ask("SET", "large", value)
        self.assertEqual(self.client(3).ask("GET", "large"), value)

    def test_keys_expire_alike_everywhere(self):
        self.start()
        self.client(1).ask("SET", "brief", "x", "PX", "50")
        for sid in (1, 2, 3):
            client = self.client(sid)
            self.await_that(lambda client=client: client.ask("GET", "brief") is None)

    def test_servers_write_the_same_operations_at_the_same_positions(self):
        self.start()
        clients = [self.client(sid) for sid in (1, 2, 3)]
        for n in range(50):
            for client in clients:
                client.ask("SET", f"key {n}", "with spaces\n")
        self.await_same_position()
        for server in self.servers.values():
            self.assertEqual(server.stop(), 0)
        self.assertEqual(self.executed(1), self.executed(2))
        self.assertEqual(self.executed(1), self.executed(3))
        self.assertEqual([int(line[0]) for line in self.executed(1)], list(range(150)))
        self.assertIn('SET "key 0" "with spaces\\x0a"', {line[2] for line in self.executed(1)})

    def test_info_says_who_leads_and_how_far_each_is(self):
        self.start()
        self.client(1).ask("SET", "a", "b")
        leader = str(self.await_leader())
        for sid in (1, 2, 3):
            info = self.await_that(lambda sid=sid: self.info_of_leader(sid, leader))
            self.assertEqual(info["synod_sid"], str(sid))
            self.assertEqual(info["synod_leads"], "1" if str(sid) == leader else "0")
            self.assertEqual(info["synod_observes"], "0")
        self.await_same_position()

    def info_of_leader(self, sid, leader):
        info = self.info(sid)
        return info if info["synod_leader"] == leader else None


class Output(Servers):
    def test_a_server_stays_when_nobody_reads_what_it_says_any_more(self):
        server = subprocess.Popen([SYNOD, "server", self.configuration, "--sid", "1"], env=self.env,
                                  stdout=subprocess.PIPE)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        server.stdout.readline()
        server.stdout.close()
        for sid in (2, 3):
            self.start_one(sid)
        self.await_that(lambda: self.info(1)["synod_leader"] != "none")
        with RedisClient(self.redis[1]) as client:
            self.assertEqual(client.ask("SET", "a", "b"), b"OK")
        self.assertIsNone(server.poll())


class Failures(Servers):
    def increments(self, sids, counts, until):
        """Threads that each increment a key of their own at one server, as long as it answers."""
        def work(number, sid):
            try:
                with RedisClient(self.redis[sid]) as client:
                    while not until.is_set():
                        counts[number] = client.ask("INCR", f"counter-{number}")
            except (Closed, OSError):
                pass
        threads = [threading.Thread(target=work, args=(number, sid)) for number, sid in enumerate(sids)]
        for thread in threads:
            thread.start()
        return threads

    def test_nothing_acknowledged_is_lost_and_nothing_runs_twice_when_the_leader_is_killed(self):
        self.start()
        leader = self.await_leader()
        others = [sid for sid in (1, 2, 3) if sid != leader]
        sids = [leader, *others, *others]
        counts, until = [0] * len(sids), threading.Event()
        threads = self.increments(sids, counts, until)
        self.await_that(lambda: min(counts) > 50)
        self.servers[leader].kill()
        before = list(counts)
        self.await_that(lambda: all(counts[k] > before[k] + 50 for k in range(1, len(sids))))
        until.set()
        for thread in threads:
            thread.join(SECONDS)
        client = self.client(others[0])
        for number, count in enumerate(counts):
            value = int(client.ask("GET", f"counter-{number}"))
            # The one under way at the killed server may have run; the others know every one of theirs.
            self.assertIn(value - count, (0, 1) if number == 0 else (0,))
        self.await_same_position(*others)
        for sid in others:
            self.servers[sid].stop()
        self.assertEqual(self.executed(others[0]), self.executed(others[1]))

    def test_without_a_majority_operations_wait_and_go_on_when_it_is_back(self):
        self.start()
        self.client(1).ask("SET", "a", "1")
        for sid in (2, 3):
            self.servers[sid].send(signal.SIGSTOP)
        client = self.client(1)
        client.send("INCR", "a")
        self.assertEqual(self.client(1).ask("PING"), b"PONG")
        client.socket.settimeout(0.5)
        with self.assertRaises(TimeoutError):
            client.reply()
        for sid in (2, 3):
            self.servers[sid].send(signal.SIGCONT)
        client.socket.settimeout(SECONDS)
        self.assertEqual(client.reply(), 2)

    def test_a_server_that_comes_back_observes_and_says_so_and_serves_all_that_it_missed(self):
        self.start()
        self.client(2).ask("SET", "before", "1")
        self.servers[1].kill()
        self.client(2).ask("SET", "after", "2")
        server = self.start_one(1)
        self.assertTrue(server.wait_lines(2, SECONDS))
        self.assertIn(b"it observes", bytes(server.output))
        client = self.client(1)
        self.assertEqual([client.ask("GET", "before"), client.ask("GET", "after")], [b"1", b"2"])
        self.assertEqual(client.ask("INCR", "after"), 3)
        self.assertEqual(client.info()["synod_observes"], "1")

    def test_who_starts_all_anew_with_the_same_run_is_told_to_raise_it(self):
        for sid in (1, 2, 3):
            self.start_one(sid, "--run", "1")
        self.await_leader()
        for server in self.servers.values():
            server.stop()
        for sid in (1, 2, 3):
            server = self.start_one(sid, "--run", "1")
            self.assertTrue(server.wait_output(b"start them anew, and raise --run: the store is empty then", SECONDS))

    def test_sigterm_and_ctrl_c_end_a_server_with_status_0(self):
        self.start()
        self.client(1).ask("SET", "a", "b")
        self.servers[1].send(signal.SIGINT)
        self.assertEqual(self.servers[1].wait(5), 0)
        self.assertEqual(self.servers[2].stop(), 0)


class Strangers(Servers):
    """Servers that cannot work together say why."""

    def start_other(self, sid, *options, **env):
        server = Process([SYNOD, "server", self.configuration, "--sid", str(sid), *options], dict(self.env, **env),
                         self.directory)
        self.addCleanup(server.close)
        return server

    def test_a_server_alone_says_that_it_has_no_majority_and_when_it_has_one_again(self):
        server = self.start_one(1)
        self.assertTrue(server.wait_output(b"no majority of the servers has answered for 5 s", SECONDS))
        self.assertEqual(self.info(1)["synod_majority"], "0")
        self.start_one(2)
        self.assertTrue(server.wait_output(b"a majority of the servers answers again", SECONDS))
        self.assertEqual(self.info(1)["synod_majority"], "1")

    def test_info_tells_that_two_restarted_servers_leave_no_majority(self):
        self.start()
        for sid in (1, 2, 3):
            self.await_that(lambda sid=sid: self.info(sid)["synod_majority"] == "1")
        first, second = {1, 2, 3} - {self.await_leader()}
        self.servers[first].kill()
        self.assertTrue(self.start_one(first).wait_output(b"follows server", SECONDS))
        self.servers[second].kill()
        self.start_one(second)
        for sid in (1, 2, 3):
            info = self.await_that(lambda sid=sid: self.info_without_majority(sid))
            self.assertEqual((info["synod_leader"], info["synod_leads"]), ("none", "0"))

    def info_without_majority(self, sid):
        info = self.info(sid)
        return info if info["synod_majority"] == "0" else None

    def test_servers_of_different_runs_name_each_other(self):
        self.start_one(1, "--run", "1")
        other = self.start_other(2, "--run", "2")
        for server, port in ((self.servers[1], self.ports[2]), (other, self.ports[1])):
            self.assertTrue(server.wait_output(b"127.0.0.1:%d, which belong to another run" % port, SECONDS))

    def test_servers_of_different_configurations_name_each_other(self):
        self.start_one(1)
        self.ports[3] += 4
        self.write_servers()
        other = self.start_other(2)
        for server, port in ((self.servers[1], self.ports[2]), (other, self.ports[1])):
            self.assertTrue(server.wait_output(b"127.0.0.1:%d, which belong to another cluster" % port, SECONDS))


class Memory(Servers):
    OOM = "OOM command not allowed when used memory > 'maxmemory'"

    def fill(self, client):
        """Sets keys until the server refuses one: how many there are."""
        for k in range(100):
            try:
                client.ask("SET", f"key-{k}", b"v" * (1 << 20))
            except ReplyError as error:
                self.assertIn(self.OOM, str(error))
                return k
        return self.fail("it took all of it")

    def test_a_server_that_is_full_refuses_what_needs_more_and_all_stay_equal(self):
        for sid in (1, 2, 3):
            self.start_one(sid, "--log", self.log(sid), *(("--maxmemory", "8MiB") if sid == 1 else ()))
        self.await_leader()
        full, other = self.client(1), self.client(2)
        count = self.fill(full)
        self.assertEqual(count, 8)
        info = full.info()
        self.assertEqual(info["maxmemory"], str(8 << 20))
        self.assertGreater(int(info["used_memory"]), 8 << 20)
        self.assertEqual(full.ask("CONFIG", "GET", "maxmemory"), [b"maxmemory", b"%d" % (8 << 20)])
        self.assertEqual(full.ask("GET", "key-1"), b"v" * (1 << 20))
        self.assertEqual(full.ask("EXPIRE", "key-1", "1000"), 1)
        self.assertEqual(other.ask("SET", "beyond", "x"), b"OK")
        self.assertEqual(full.ask("GET", "beyond"), b"x")
        self.assertEqual(full.ask("DEL", "key-0"), 1)
        self.assertEqual(full.ask("SET", "key-0", "x"), b"OK")
        self.await_same_position()
        for server in self.servers.values():
            self.assertEqual(server.stop(), 0)
        self.assertEqual(self.executed(1), self.executed(2))
        self.assertEqual(self.executed(1), self.executed(3))

    def test_a_numbered_command_that_a_full_server_refused_is_run_by_no_other_one(self):
        for sid in (1, 2, 3):
            self.start_one(sid, "--log", self.log(sid), *(("--maxmemory", "2MiB") if sid == 1 else ()))
        self.await_leader()
        full, other = self.client(1), self.client(2)
        self.assertEqual(full.ask("SYNOD.ONCE", "me", 1, "INCR", "n"), 1)
        self.fill(full)
        self.assertEqual(full.ask("SYNOD.ONCE", "me", 1, "INCR", "n"), 1)
        for client in (full, other):
            with self.assertRaisesRegex(ReplyError, self.OOM):
                client.ask("SYNOD.ONCE", "me", 2, "INCR", "n")
        self.assertEqual(other.ask("SYNOD.ONCE", "me", 3, "INCR", "n"), 2)
        for server in self.servers.values():
            self.assertEqual(server.stop(), 0)
        self.assertIn("SYNOD.ONCE me 2 (refused)", {line[2] for line in self.executed(2)})
        done = subprocess.run([SYNOD, "check", "--executed", *(self.log(sid) for sid in (1, 2, 3))], capture_output=True,
                              timeout=SECONDS)
        self.assertEqual(done.returncode, 0, done.stdout)


class BadClients(Servers):
    def test_garbage_gets_an_error_and_is_closed_and_nobody_else_notices(self):
        self.start()
        good = self.client(1)
        for garbage in (b"*1\r\n$-5\r\n", b"*99999999999\r\n", b"*1\r\n$4\r\nPINGxx*1\r\n:5\r\n", b"*2\r\n+x\r\n",
                        b"*1\r\n$999999999999\r\n", b"GET \"open\r\n", b"\x00" * 70000):
            bad = self.client(1)
            bad.socket.sendall(garbage)
            with self.assertRaises((ReplyError, Closed)):
                while True:
                    bad.reply()
            self.assertEqual(good.ask("PING"), b"PONG")

    def test_inline_commands_are_answered(self):
        self.start()
        client = self.client(2)
        client.socket.sendall(b"SET name 'two words'\r\nGET name\n")
        self.assertEqual([client.reply(), client.reply()], [b"OK", b"two words"])

    def test_who_shuts_down_its_side_gets_all_answers_and_is_closed(self):
        self.start()
        client = self.client(3)
        client.socket.sendall(b"".join(request("INCR", "n") for _ in range(3000)) + b"*1\r\n$4\r\nPI")
        client.socket.shutdown(socket.SHUT_WR)
        self.assertEqual([client.reply() for _ in range(3000)], list(range(1, 3001)))
        with self.assertRaises(Closed):
            client.reply()

    def test_who_does_not_read_its_answers_is_closed_and_the_server_stays_small(self):
        self.start()
        good = self.client(1)
        good.ask("SET", "large", b"x" * (1 << 20))
        slow = self.client(1)
        slow.socket.settimeout(1)
        with self.assertRaises((ConnectionError, TimeoutError)):
            while True:
                slow.socket.sendall(request("GET", "large") * 1000)
        self.assertEqual(good.ask("STRLEN", "large"), 1 << 20)
        self.await_that(lambda: good.info()["connected_clients"] == "1")
        with open(f"/proc/{self.servers[1].process.pid}/status") as status:
            kilobytes = int(next(line for line in status if line.startswith("VmHWM")).split()[1])
        self.assertLess(kilobytes, 600 << 10)

    def test_who_asks_and_never_reads_is_held_back_and_not_closed(self):
        self.start()
        slow = self.client(2)
        slow.socket.setblocking(False)
        sent, data = 0, request("SET", "k", b"v" * 100) * 1000
        try:
            while sent < 1 << 30:
                sent += slow.socket.send(data)
        except BlockingIOError:
            pass
        self.assertEqual(self.client(2).ask("PING"), b"PONG")
        self.assertEqual(self.info(2)["connected_clients"], "3")

    def test_thousands_of_clients_are_served_and_those_beyond_the_limit_are_told(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        count = min(10000, hard - 200)
        self.start("--clients", str(count))
        clients = [self.client(1) for _ in range(count)]
        clients[0].ask("SET", "a", "b")
        for client in clients:
            client.send("GET", "a")
        for client in clients:
            self.assertEqual(client.reply(), b"b")
        with self.assertRaisesRegex(ReplyError, "max number of clients reached"):
            self.client(1).reply()
        clients.pop().close()
        self.await_that(lambda: self.is_let_in())

    def is_let_in(self):
        with RedisClient(self.redis[1]) as client:
            try:
                return client.ask("PING") == b"PONG"
            except (ReplyError, Closed):
                return False


class Configuration(Servers):
    def fails(self, text, *words, env=None, status=2):
        self.configuration.write_text(text)
        done = subprocess.run([SYNOD, "server", str(self.configuration), *words], capture_output=True, text=True,
                              timeout=SECONDS, env=dict(self.env, **(env or {})), cwd=self.directory)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr

    def test_paxos_sid_says_which_server_this_is_unless_something_nearer_does(self):
        for number, (env, words) in enumerate((({"PAXOS_SID": "2"}, ()), ({"PAXOS_SID": "7", "SYNOD_SID": "2"}, ()),
                                               ({"SYNOD_SID": "7"}, ("--sid", "2")))):
            server = Process([SYNOD, "server", self.configuration, *words],
                             dict(self.env, SYNOD_RUN_DIR=str(self.directory / str(number)), **env), self.directory)
            self.addCleanup(server.close)
            self.assertTrue(server.wait_lines(1, SECONDS), bytes(server.errors))
            self.assertTrue(bytes(server.output).startswith(b"server 2: "), server.output)
            server.stop()

    def test_the_example_of_the_repository_is_a_configuration(self):
        text = (ROOT / "examples/paxos.config.json").read_text()
        self.assertIn("--sid", self.fails(text))

    def test_numbers_of_the_command_line_are_decimal_and_lives_of_a_cluster_begin_at_one(self):
        text = (ROOT / "examples/paxos.config.json").read_text()
        for number in ("0", "0x1", "-1"):
            self.assertIn("--run", self.fails(text, "--sid", "1", "--run", number))

    def test_what_is_wrong_is_said_with_its_place(self):
        good = '{"sid": 1, "address": "127.0.0.1:7001"}'
        self.assertIn("servers[1].address", self.fails(f'{{"servers": [{good}, {{"sid": 2, "address": "here"}}]}}'))
        self.assertIn("servers[1].sid", self.fails(f'{{"servers": [{good}, {{"sid": "x", "address": "127.0.0.1:7002"}}]}}'))
        self.assertIn("paxos.config.json: multicast: ", self.fails(f'{{"multicast": "127.0.0.1:7", "servers": [{good}]}}'))
        self.assertIn("9 is no server", self.fails(f'{{"servers": [{good}]}}', "--sid", "9").replace("'", ""))
        self.assertIn("no.json", self.fails("{}", "no.json"))
        self.assertIn("is the --sid of this server right?",
                      self.fails('{"servers": {"1": "203.0.113.7:7001"}}', "--sid", "1", status=1))

    def test_an_address_that_is_taken_is_named_and_leaves_no_mark(self):
        with socket.create_server(("127.0.0.1", self.redis[1])):
            error = self.fails(self.configuration.read_text(), "--sid", "1", status=1)
            self.assertIn(f"127.0.0.1:{self.redis[1]} is in use", error)
        self.start()
        self.assertEqual(self.client(1).info()["synod_observes"], "0")


if __name__ == "__main__":
    unittest.main()
