#!/usr/bin/env python3
"""A bad neighbour floods the groups and every process with garbage, with what it recorded of another run and of
another cluster, and with sources that it makes up: nothing wrong is delivered, nobody dies, the rate comes back,
and the counters say what was dropped.

All of it in a network namespace that this test makes, if it can."""
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
import unittest

from load_harness import PACE, Cluster, LoadTest, enter_network_namespace

FLOOD_SECONDS = 10
NO_NAMESPACE = None


def setUpModule():
    global NO_NAMESPACE
    NO_NAMESPACE = enter_network_namespace()
    if NO_NAMESPACE:
        print(f"on the loopback of this host: {NO_NAMESPACE}", file=sys.stderr)


class Recorder:
    """What is sent to the groups of a cluster, and by whom."""

    def __init__(self, cluster):
        self.recorded = []
        self.sockets = []
        for port in cluster.ports:
            member = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            member.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            member.bind((cluster.group, port))
            member.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                              socket.inet_aton(cluster.group) + socket.inet_aton("127.0.0.1"))
            member.settimeout(0.1)
            self.sockets.append(member)
        self.running = True
        self.threads = [threading.Thread(target=self._read, args=(each,)) for each in self.sockets]
        for thread in self.threads:
            thread.start()

    def _read(self, member):
        while self.running:
            try:
                self.recorded.append(member.recvfrom(65536))
            except socket.timeout:
                pass

    def stop(self):
        self.running = False
        for thread in self.threads:
            thread.join()
        for member in self.sockets:
            member.close()
        return self.recorded


class BadNeighbour(LoadTest):
    def setUp(self):
        self.cluster = Cluster()
        self.addCleanup(self.cluster.__exit__)

    def record(self, clients):
        """Runs these clients to their end; what everybody sent, and the addresses of all."""
        recorder = Recorder(self.cluster)
        for client in clients():
            self.cluster.wait(lambda each=client: not each.alive(), 20, f"{client} is done")
        recorded = recorder.stop()
        datagrams = [datagram for datagram, _ in recorded]
        return random.Random(1).sample(datagrams, min(1000, len(datagrams))), {source for _, source in recorded}

    def record_another_life(self):
        """Traffic of this cluster's run before, and of another cluster on the same groups."""
        cluster = self.cluster
        other = cluster.path("other.conf")
        cluster.configure("cluster other\n", other)
        for conf in (cluster.conf, other):
            for k in (1, 2, 3):
                cluster.start("acceptor", k, conf=conf)
            cluster.start("proposer", 1, conf=conf)
        datagrams, _ = self.record(lambda: [
            cluster.start("client", 1, "--generate", 2000, conf=conf, wait=False) for conf in (cluster.conf, other)])
        cluster.end(cluster.members)
        cluster.members.clear()
        return datagrams

    def flood(self, plan, seconds):
        path = self.cluster.path("flood.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(plan, file)
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "load_flood.py")
        with subprocess.Popen([sys.executable, "-B", program, path], stdout=subprocess.PIPE) as flood:
            self.assertEqual(flood.stdout.readline(), b"flooding\n")
            self.cluster.observe(seconds)
            self.assertIsNone(flood.poll(), "it floods to the end")
            flood.kill()

    def run_flooded(self, rate, spoofed, live):
        """`live`: what this very run sent is sent again, too."""
        cluster = self.cluster
        datagrams = self.record_another_life()
        learners = cluster.start_servers()
        sent, processes = self.record(lambda: [cluster.generate(9, values=2000, wait=False)])
        clients = [cluster.members[-1]] + [cluster.generate(k, seconds=FLOOD_SECONDS + 8, rate=rate, wait=False)
                                           for k in (1, 2)]
        cluster.observe(1.5)
        now = time.monotonic()
        before = 2 * rate or learners[0].rate(now - 1, now)
        groups = [[cluster.group, port] for port in cluster.ports]
        self.flood({"targets": groups + sorted(map(list, processes)),
                    "sources": sorted(map(list, processes)) if spoofed else [],
                    "datagrams": [each.hex() for each in datagrams + (sent if live else [])]}, FLOOD_SECONDS)
        cluster.observe(1)
        quick = before * (0.8 if rate else 0.25)
        rates = cluster.rates_until(quick, learners[0], 1, 5)
        self.assertGreater(rates[-1], quick, f"the rate is back (it was {before:.0f}): {rates}")
        self.assert_all_alive(cluster)
        self.assert_delivered(cluster, learners, clients)
        cluster.end(cluster.members)
        for member in cluster.members:
            if member is clients[0]:
                continue
            refused = {name for name, count in member.final["counters"].items() if name.startswith("refused: ") and count}
            for reason in ("too short", "bad magic", "bad length", "bad checksum", "foreign run", "foreign cluster"):
                self.assertIn("refused: " + reason, refused, member)
            if member.role == "acceptor":
                self.assertEqual(member.final["counters"]["conflicts"], 0)

    def test_garbage_and_foreign_traffic(self):
        self.run_flooded(PACE, spoofed=False, live=False)

    def test_garbage_and_foreign_traffic_at_full_speed(self):
        self.run_flooded(0, spoofed=False, live=False)

    def test_what_was_sent_is_sent_again(self):
        self.run_flooded(PACE, spoofed=False, live=True)

    def test_sources_made_up(self):
        if NO_NAMESPACE:
            print(f"SKIPPED: {NO_NAMESPACE}", file=sys.stderr)
            self.skipTest(NO_NAMESPACE)
        self.run_flooded(PACE, spoofed=True, live=True)


if __name__ == "__main__":
    unittest.main()
