#!/usr/bin/env python3
"""An acceptor keeps its history and no more; who comes too late for it names what is missing."""
import unittest

from load_harness import MIB, Cluster, LoadTest

HISTORY = 8 * MIB


def memory_bound(payload, instances):
    return 1.2 * payload + 64 * instances + 64 * MIB


class History(LoadTest):
    def fill(self, settings, size):
        """Runs at full speed past the end of the history; the acceptors' memory."""
        cluster = Cluster(settings=f"history {HISTORY}\n" + settings)
        self.addCleanup(cluster.__exit__)
        learners = cluster.start_servers()
        clients = [cluster.generate(k, seconds=4, size=size, wait=False) for k in (1, 2)]
        memory = []
        cluster.observe(4, lambda: memory.append(max(each.rss() for each in cluster.of("acceptor"))))
        self.assert_delivered(cluster, learners, clients)
        return cluster, memory

    def test_memory_is_bound_however_long_the_run(self):
        cluster, memory = self.fill("", 1000)
        # Batches of about 16 KiB.
        self.assertLess(max(memory), memory_bound(HISTORY, HISTORY // 15_000))
        late = cluster.start("learner", 7, "--verify")
        cluster.wait(lambda: not late.alive(), 5, "a learner that is too late gives up")
        self.assertEqual(late.process.returncode, 1)
        self.assertIn("instance 0 cannot be had any more", late.said())
        self.assertIn("history SIZE", late.said())
        self.assert_all_alive(cluster, [late] + cluster.of("learner"))

    def test_many_small_instances_cost_little_more_than_their_values(self):
        _, memory = self.fill("batch 1\n", 8)
        self.assertLess(max(memory), memory_bound(HISTORY, HISTORY // 40))

    def test_values_of_no_bytes_do_not_fill_it_without_bound(self):
        _, memory = self.fill("batch 1\n", 0)
        self.assertLess(max(memory), memory_bound(HISTORY, HISTORY // 32))

    def test_a_late_learner_catches_up_under_load(self):
        with Cluster() as cluster:
            learners = cluster.start_servers()
            clients = [cluster.generate(k, seconds=6, rate=20_000, wait=False) for k in (1, 2)]
            cluster.observe(3)
            learners.append(cluster.start("learner", 3, "--verify"))
            self.assert_delivered(cluster, learners, clients)
            self.assert_all_alive(cluster, learners)


if __name__ == "__main__":
    unittest.main()
