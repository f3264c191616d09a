"""Reads of the replicated store, which take no entry of the log: never older than what anybody was told, in the order of
their client, also while servers die and hang."""
import signal
import socket
import subprocess
import threading
import unittest

from harness import SYNOD
from server_harness import SECONDS, Closed, RedisClient, ReplyError, Servers, request


class Reads(Servers):
    def others(self, *sids):
        return [sid for sid in (1, 2, 3) if sid not in sids]

    def without_log(self, sid):
        return int(self.info(sid)["synod_reads_without_log"])

    def test_reads_take_no_entry_of_the_log_and_are_counted(self):
        self.start()
        self.client(1).ask("SET", "a", "1")
        for sid in (1, 2, 3):
            client = self.client(sid)
            for _ in range(20):
                self.assertEqual(client.ask("GET", "a"), b"1")
            self.assertEqual(self.without_log(sid), 20)
        self.await_same_position()
        self.assertEqual(self.position(1), 1)

    def test_a_pipeline_of_reads_and_writes_is_as_if_one_came_after_the_other(self):
        self.start()
        until = threading.Event()
        noise = [threading.Thread(target=self.overwrite, args=(sid, until)) for sid in (1, 2, 3)]
        for thread in noise:
            thread.start()
        try:
            for sid in (1, 2, 3):
                client, count = self.client(sid), 2000
                client.socket.sendall(b"".join(
                    request("GET", f"k{sid}") + request("INCR", f"k{sid}") + request("STRLEN", "none") +
                    request("GET", f"k{sid}") + request("PING") for _ in range(count)))
                for n in range(count):
                    self.assertEqual([client.reply() for _ in range(5)],
                                     [str(n).encode() if n else None, n + 1, 0, str(n + 1).encode(), b"PONG"])
        finally:
            until.set()
            for thread in noise:
                thread.join(SECONDS)

    def overwrite(self, sid, until):
        with RedisClient(self.redis[sid]) as client:
            while not until.is_set():
                client.ask("SET", "noise", "x")

    def test_what_is_watched_and_read_in_a_transaction_is_of_one_time(self):
        self.start()
        client, other = self.client(1), self.client(2)
        client.ask("SET", "a", "1")
        client.ask("WATCH", "a")
        self.assertEqual(client.ask("GET", "a"), b"1")
        other.ask("SET", "a", "2")
        client.socket.sendall(request("GET", "a") + request("MULTI") + request("GET", "a") + request("EXEC"))
        self.assertEqual([client.reply() for _ in range(4)], [b"2", b"OK", b"QUEUED", None])

    def test_who_only_reads_sees_keys_expire_and_their_time_run_out(self):
        self.start()
        self.client(1).ask("SET", "brief", "x", "PX", "100")
        self.client(1).ask("SET", "long", "x", "PX", "1000000")
        client = self.client(2)
        left = client.ask("PTTL", "long")
        self.assertLessEqual(left, 1000000)
        self.await_that(lambda: client.ask("GET", "brief") is None)
        self.await_that(lambda: client.ask("PTTL", "long") < left - 100)
        # Whoever asks later, wherever, does not see it again.
        self.assertEqual([self.client(sid).ask("EXISTS", "brief") for sid in (1, 2, 3)], [0, 0, 0])
        # What brings the time are operations of no command.
        self.await_same_position()
        for server in self.servers.values():
            self.assertEqual(server.stop(), 0)
        self.assertEqual(self.executed(1), self.executed(2))
        self.assertEqual(self.executed(1), self.executed(3))
        self.assertIn("MULTI EXEC", {line[2] for line in self.executed(1)})
        done = subprocess.run([SYNOD, "check", "--executed", *(self.log(sid) for sid in (1, 2, 3))], capture_output=True,
                              text=True, timeout=SECONDS)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_without_a_majority_reads_wait_and_are_answered_when_it_is_back(self):
        self.start()
        self.client(1).ask("SET", "a", "1")
        for sid in (2, 3):
            self.servers[sid].send(signal.SIGSTOP)
        client = self.client(1)
        client.send("GET", "a")
        client.socket.settimeout(0.5)
        with self.assertRaises(TimeoutError):
            client.reply()
        for sid in (2, 3):
            self.servers[sid].send(signal.SIGCONT)
        client.socket.settimeout(SECONDS)
        self.assertEqual(client.reply(), b"1")

    def test_reads_go_on_while_the_leader_is_replaced(self):
        self.start()
        leader = self.await_leader()
        clients = [self.client(sid) for sid in self.others(leader)]
        self.client(leader).ask("SET", "a", "1")
        self.servers[leader].send(signal.SIGSTOP)
        for _ in range(50):
            for client in clients:
                self.assertEqual(client.ask("GET", "a"), b"1")
        self.assertEqual(clients[0].ask("INCR", "a"), 2)
        self.servers[leader].send(signal.SIGCONT)
        for sid in (1, 2, 3):
            self.assertEqual(self.client(sid).ask("GET", "a"), b"2")

    def test_a_server_that_observes_answers_reads(self):
        self.start()
        self.client(2).ask("SET", "a", "1")
        self.servers[1].kill()
        self.client(2).ask("SET", "a", "2")
        self.start_one(1)
        client = self.client(1)
        self.assertEqual(client.ask("GET", "a"), b"2")
        info = client.info()
        self.assertEqual((info["synod_observes"], info["synod_reads_without_log"]), ("1", "1"))

    def test_no_read_is_older_than_what_anybody_was_told_whoever_dies_or_hangs(self):
        self.start()
        leader = self.await_leader()
        told, until, faults, reads = [0], threading.Event(), [], {sid: 0 for sid in (1, 2, 3)}

        def write(sid):
            try:
                with RedisClient(self.redis[sid]) as client:
                    while not until.is_set():
                        told[0] = max(told[0], client.ask("INCR", "n"))
            except (Closed, OSError):
                pass

        def read(sid):
            try:
                with RedisClient(self.redis[sid]) as client:
                    while not until.is_set():
                        before = told[0]
                        value = int(client.ask("GET", "n") or 0)
                        if value < before:
                            faults.append(f"{value} at server {sid}, after {before} was told")
                        told[0] = max(told[0], value)
                        reads[sid] += 1
            except (Closed, OSError):
                pass

        threads = [threading.Thread(target=work, args=(sid,)) for work in (write, read, read) for sid in (1, 2, 3)]
        for thread in threads:
            thread.start()
        try:
            self.await_that(lambda: min(reads.values()) > 100)
            hung = self.others(leader)[0]
            self.servers[hung].send(signal.SIGSTOP)
            before = dict(reads)
            self.await_that(lambda: reads[leader] > before[leader] + 100)
            self.servers[hung].send(signal.SIGCONT)
            self.await_that(lambda: reads[hung] > before[hung] + 100)
            self.servers[leader].kill()
            before = dict(reads)
            self.await_that(lambda: all(reads[sid] > before[sid] + 100 for sid in self.others(leader)))
        finally:
            until.set()
            for thread in threads:
                thread.join(SECONDS)
        self.assertEqual(faults, [])


class BadClients(Servers):
    def test_a_client_that_goes_away_with_reads_under_way_harms_nobody(self):
        self.start()
        good = self.client(1)
        good.ask("SET", "large", b"x" * (1 << 20))
        for _ in range(20):
            bad = self.client(1)
            bad.socket.sendall(request("GET", "large") * 100 + request("SET", "a", "b") + request("GET", "a"))
            bad.socket.shutdown(socket.SHUT_RDWR)
        self.assertEqual(good.ask("STRLEN", "large"), 1 << 20)
        with self.assertRaises(ReplyError):
            good.ask("GET")
        self.assertEqual(good.ask("EXISTS", "large"), 1)


if __name__ == "__main__":
    unittest.main()
