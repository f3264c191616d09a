#!/usr/bin/env python3
"""As many values as clients can send, as large as they like, in clusters of many shapes; and none at all."""
import random
import subprocess
import unittest

from load_harness import MIB, SYNOD, Cluster, LoadTest


class Sizes(LoadTest):
    def run_cluster(self, *, clients=2, proposers=2, acceptors=3, learners=2, values=50_000, size=64, settings=""):
        with Cluster(acceptors, settings) as cluster:
            readers = cluster.start_servers(acceptors, proposers, learners)
            writers = [cluster.generate(k, values=values, size=size, wait=False) for k in range(1, clients + 1)]
            memory = {}

            def look():
                for member in cluster.members:
                    if member.role != "acceptor" and member.alive():
                        memory[member] = max(memory.get(member, 0), member.rss())

            look()
            total = self.assert_delivered(cluster, readers, writers)
            look()
            self.assertEqual(total, clients * values)
            self.assert_all_alive(cluster, readers)
            for member, most in memory.items():
                self.assertLess(most, 64 * MIB, member)

    def test_a_million_values_of_each_of_two_clients(self):
        self.run_cluster(values=1_000_000)

    def test_64_clients_at_once(self):
        self.run_cluster(clients=64, values=5_000)

    def test_64_clients_at_once_with_loss(self):
        self.run_cluster(clients=64, values=2_000, settings="loss 0.05\nduplicate 0.02\nreorder 0.02\n")

    def test_one_acceptor(self):
        self.run_cluster(acceptors=1)

    def test_five_acceptors(self):
        self.run_cluster(acceptors=5)

    def test_seven_acceptors_four_proposers_eight_learners(self):
        self.run_cluster(acceptors=7, proposers=4, learners=8)

    def test_the_same_with_loss(self):
        self.run_cluster(acceptors=7, proposers=4, learners=8, values=20_000, settings="loss 0.05\n")

    def test_one_of_each(self):
        self.run_cluster(clients=1, proposers=1, acceptors=1, learners=1)

    def test_values_of_1_mib_through_loss(self):
        self.run_cluster(values=50, size=MIB, settings="loss 0.05\n")

    def write_lines(self, path, rng):
        """Lines of 0 bytes to 1 MiB, some of the sizes around that of a datagram."""
        around = [base + off for base in (1400, 16384, 65536) for off in (-60, -1, 0, 1)]
        sizes = [0, 0, 1, 2, 63, 64, MIB, MIB - 1] + around + [rng.randrange(1 << rng.randrange(1, 18)) for _ in range(300)]
        rng.shuffle(sizes)
        with open(path, "wb") as file:
            for size in sizes:
                file.write(rng.randbytes(size).replace(b"\n", b"\r") + b"\n")
        return len(sizes)

    def test_all_sizes_mixed_through_loss(self):
        rng = random.Random(20)
        with Cluster(settings="loss 0.05\n") as cluster:
            for k in (1, 2, 3):
                cluster.start("acceptor", k)
            for k in (1, 2):
                cluster.start("proposer", k)
            learners, clients, count = [], [], 0
            for k in (1, 2):
                with open(cluster.path(f"learned-{k}"), "wb") as out:
                    learners.append(cluster.start("learner", k, stdout=out))
            for k in (1, 2):
                count += self.write_lines(cluster.path(f"submitted-{k}"), rng)
                with open(cluster.path(f"submitted-{k}"), "rb") as lines:
                    clients.append(cluster.start("client", k, stdin=lines, wait=False))
            for client in clients:
                cluster.wait(lambda each=client: not each.alive(), 30, f"{client} is done")
                self.assertEqual(client.process.returncode, 0, client.said())
            for learner in learners:
                cluster.wait(lambda each=learner: each.delivered >= count, 10, f"{learner} has all")
            cluster.end(learners)
            check = subprocess.run([SYNOD, "check", "--submitted", cluster.path("submitted-1"), cluster.path("submitted-2"),
                                    "--learned", cluster.path("learned-1"), cluster.path("learned-2")],
                                   capture_output=True, text=True, check=False)
            self.assertEqual(check.returncode, 0, check.stdout + check.stderr)


class Idle(LoadTest):
    def test_an_idle_cluster_costs_nothing_and_starts_at_once(self):
        with Cluster() as cluster:
            cluster.start_servers()
            # The quickest of three starts: the machine may be busy with others.
            for role in ("acceptor", "proposer", "learner"):
                took = min(member.ready_at - member.started_at for member in cluster.of(role))
                self.assertLess(took, 0.1, role)
            busy = cluster.generate(1, values=1000)
            cluster.wait(lambda: not busy.alive(), 10, "the client is done")
            for k in (2, 3):
                cluster.start("client", k, stdin=subprocess.PIPE)  # nobody writes
            cluster.observe(1)
            idle = [member for member in cluster.members if member.alive()]
            self.assertEqual(len(idle), 9)
            spent = []
            # The least of three looks: the machine may be busy with others, and then everything takes longer.
            wakes = sum(member.wakes() for member in idle)
            while len(spent) < 3 and min(map(sum, spent), default=1) >= 0.05:
                before = [member.cpu_seconds() for member in idle]
                cluster.observe(5)
                spent.append([member.cpu_seconds() - begun for member, begun in zip(idle, before)])
            wakes_a_second = (sum(member.wakes() for member in idle) - wakes) / (5 * len(spent))
            self.assertLess(wakes_a_second, 320)
            # A slow machine takes more for as few wakes: 70 us each, where others take 35.
            self.assertLess(min(map(sum, spent)), 0.15, f"more than 3 % of a core: {spent}")
            if min(map(sum, spent)) >= 0.05:
                print(f"more than 1 % of a core, on a slow machine: {spent}")


if __name__ == "__main__":
    unittest.main()
