"""Servers that were cut off, or start late, when the others have forgotten what they miss: a snapshot brings them back.
And memory stays flat, whatever is overwritten."""
import signal
import subprocess
import threading
import time
import unittest

from harness import SYNOD
from server_harness import SECONDS, Closed, RedisClient, ReplyError, Servers, request

KEYS = 1000
MIB = 1 << 20


class CatchUp(Servers):
    HISTORY = "4MiB"

    def start(self, *options):
        super().start("--history", self.HISTORY, *options)

    def overwrite(self, sid, mebibytes, tag):
        """Overwrites the keys, in pipelines, with so much in all."""
        value = b"%s-" % tag + b"v" * 4000
        with RedisClient(self.redis[sid]) as client:
            for first in range(0, mebibytes * MIB // len(value), 100):
                client.socket.sendall(b"".join(request("SET", f"key-{(first + k) % KEYS}", value) for k in range(100)))
                for _ in range(100):
                    self.assertEqual(client.reply(), b"OK")

    def memory(self, sid):
        """MiB that the server has now."""
        with open(f"/proc/{self.servers[sid].process.pid}/status") as status:
            return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) >> 10

    def contents(self, sid):
        with RedisClient(self.redis[sid]) as client:
            return client.ask("MGET", "counter", *(f"key-{k}" for k in range(KEYS)))

    def await_snapshot(self, sid):
        self.assertTrue(self.await_that(lambda: b"caught up by a snapshot" in bytes(self.servers[sid].output), 60))

    def check_logs(self, *sids):
        """The logs of all servers as `synod check` sees them."""
        done = subprocess.run([SYNOD, "check", "--executed", *(self.log(sid) for sid in sids)], capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def stop_all(self):
        for server in self.servers.values():
            self.assertEqual(server.stop(), 0)

    def test_a_server_that_was_stopped_catches_up_by_a_snapshot_and_is_as_the_others(self):
        self.start()
        leader = self.await_leader()
        lagging = next(sid for sid in (1, 2, 3) if sid != leader)
        self.overwrite(leader, 4, b"before")
        waiting = self.client(lagging)
        self.servers[lagging].send(signal.SIGSTOP)
        self.overwrite(leader, 40, b"during")
        self.servers[lagging].send(signal.SIGCONT)
        self.await_snapshot(lagging)
        self.assertEqual(waiting.ask("INCR", "counter"), 1)
        self.overwrite(lagging, 8, b"after")
        self.assertEqual(self.contents(lagging), self.contents(leader))
        self.await_same_position()
        self.stop_all()
        self.check_logs(1, 2, 3)

    def test_a_leader_that_was_cut_off_with_operations_under_way_answers_or_closes_and_none_runs_twice(self):
        self.start()
        leader = self.await_leader()
        others = [sid for sid in (1, 2, 3) if sid != leader]
        client = self.client(leader)
        client.ask("SET", "counter", "0")
        client.socket.sendall(request("INCR", "counter") * 100)
        self.servers[leader].send(signal.SIGSTOP)
        self.await_that(lambda: self.client(others[0]).info()["synod_leader"] != str(leader))
        self.overwrite(others[0], 40, b"during")
        self.servers[leader].send(signal.SIGCONT)
        self.await_snapshot(leader)
        answered = 0
        try:
            while answered < 100:
                self.assertEqual(client.reply(), answered + 1)
                answered += 1
        except Closed:
            pass
        counter = int(self.client(others[1]).ask("GET", "counter"))
        self.assertGreaterEqual(counter, answered)
        self.assertLessEqual(counter, 100)
        self.assertEqual(self.contents(leader), self.contents(others[0]))
        self.await_same_position()
        self.stop_all()
        self.check_logs(1, 2, 3)

    def test_one_that_starts_anew_takes_a_snapshot_and_serves(self):
        self.start()
        self.servers[3].kill()
        self.overwrite(1, 40, b"during")
        self.start_one(3, "--log", self.log(3), "--history", self.HISTORY)
        self.await_snapshot(3)
        self.overwrite(3, 8, b"after")
        self.assertEqual(self.contents(3), self.contents(1))
        self.await_same_position()
        self.stop_all()
        self.check_logs(1, 2, 3)

    def test_overwriting_a_thousand_keys_for_ever_keeps_memory_flat(self):
        self.start()
        self.overwrite(1, 60, b"first")
        before = {sid: self.memory(sid) for sid in self.servers}
        for sid in (1, 2, 3):
            self.overwrite(sid, 80, b"more")
        after = {sid: self.memory(sid) for sid in self.servers}
        for sid in self.servers:
            self.assertLess(after[sid], before[sid] + 24, (before, after))
            info = self.info(sid)
            below = {what: int(info[f"synod_{what}_below"]) for what in ("forgotten", "majority_delivered", "delivered")}
            self.assertGreater(below["forgotten"], 0)
            self.assertLessEqual(below["forgotten"], below["majority_delivered"])
            self.assertLess(int(info["synod_history_bytes"]), 8 * MIB)

    def test_two_that_starve_are_served_while_writing_goes_on(self):
        self.start()
        leader = self.await_leader()
        lagging = next(sid for sid in (1, 2, 3) if sid != leader)
        self.servers[lagging].kill()
        self.overwrite(leader, 20, b"before")
        done = threading.Event()

        def trickle():
            while not done.is_set():
                self.overwrite(leader, 1, b"meanwhile")
                time.sleep(0.1)
        writer = threading.Thread(target=trickle)
        writer.start()
        try:
            self.start_one(lagging, "--log", self.log(lagging), "--history", self.HISTORY)
            self.await_snapshot(lagging)
            client = self.client(lagging)
            self.assertEqual([client.ask("INCR", "counter") for _ in range(100)], list(range(1, 101)))
        finally:
            done.set()
            writer.join(SECONDS)
        self.await_same_position()
        self.assertEqual(self.contents(lagging), self.contents(leader))

    def test_a_snapshot_of_a_live_server_is_for_a_server_of_the_same_run(self):
        self.start()
        self.client(1).ask("SET", "a", "b")
        info = self.info(2)
        with self.assertRaisesRegex(ReplyError, "of another run"):
            self.client(2).ask("SYNOD.SNAPSHOT", "0123456789abcdef", info["synod_cluster"])
        with self.assertRaisesRegex(ReplyError, "wrong number"):
            self.client(2).ask("SYNOD.SNAPSHOT")
        with RedisClient(self.redis[2], source="127.0.0.9") as stranger:
            with self.assertRaisesRegex(ReplyError, "for the servers of the cluster"):
                stranger.ask("SYNOD.SNAPSHOT", info["synod_run"], info["synod_cluster"])
        client = self.client(2)
        client.send("SYNOD.SNAPSHOT", info["synod_run"], info["synod_cluster"])
        while not client.buffer.lstrip(b"\n"):  # it lives, and writes
            client.more()
        client.buffer = client.buffer.lstrip(b"\n")
        self.assertTrue(client.reply().startswith(b"SynodSnp"))
        with self.assertRaises(Closed):
            client.reply()
        self.assertEqual(self.client(2).ask("GET", "a"), b"b")


if __name__ == "__main__":
    unittest.main()
