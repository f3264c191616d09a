#!/usr/bin/env python3
"""A process that is not a learner is stopped (SIGSTOP) under load and goes on later: it holds nobody back, nobody
grows, and an acceptor mends its holes or says what it lacks."""
import unittest

from load_harness import GROWTH_MAX, PACE, StoppedTest


class Stopped(StoppedTest):
    def test_an_acceptor_mends_its_holes(self):
        cluster, learners = self.paced_cluster()
        clients = self.load(cluster, 8)
        first, victim, third = cluster.of("acceptor")
        self.stop(cluster, [victim], learners[0], 4, 2 * PACE)
        total = self.assert_delivered(cluster, learners, clients)
        late = cluster.start("learner", 9, "--verify")
        cluster.wait(lambda: late.delivered >= total, 10, "a late learner has all")
        # Only the one that was away is left to ask: it must have everything by now.
        first.stop_clock()
        third.stop_clock()
        last = cluster.start("learner", 10, "--verify")
        cluster.wait(lambda: last.delivered >= total, 10, "the mended acceptor gives all of it")
        self.assertEqual(victim.said(), "")

    def test_an_acceptor_says_what_it_lacks(self):
        cluster, learners = self.paced_cluster("history 8M\n")
        clients = self.load(cluster, 7, rate=0)
        victim = cluster.of("acceptor")[1]
        self.stop(cluster, [victim], learners[0], 4)
        cluster.wait(lambda: "the others have forgotten them" in victim.said(), 5, "it says so")
        self.assert_delivered(cluster, learners, clients)
        self.assertTrue(victim.alive())

    def test_a_standby_proposer_holds_nobody_back(self):
        cluster, learners = self.paced_cluster()
        clients = self.load(cluster, 8)
        leader = cluster.leader()
        standby = next(member for member in cluster.of("proposer") if member is not leader)
        self.stop(cluster, [standby], learners[0], 4, 2 * PACE)
        self.assert_delivered(cluster, learners, clients)
        self.assert_all_alive(cluster, learners)

    def test_the_leader_is_replaced_and_comes_back(self):
        cluster, learners = self.paced_cluster()
        clients = self.load(cluster, 8)
        leader = cluster.leader()
        self.stop(cluster, [leader], learners[0], 4, 2 * PACE)
        self.assert_delivered(cluster, learners, clients)
        self.assert_all_alive(cluster, learners)

    def test_a_client_holds_nobody_back(self):
        cluster, learners = self.paced_cluster()
        clients = self.load(cluster, 7, rate=0)
        self.stop(cluster, [clients[1]], learners[0], 4)
        self.assert_delivered(cluster, learners, clients)
        self.assert_all_alive(cluster, learners)

    def test_a_majority_of_acceptors_stops_everything_until_it_goes_on(self):
        cluster, learners = self.paced_cluster()
        clients = self.load(cluster, 6)
        stopped = cluster.of("acceptor")[:2]
        servers = [member for member in cluster.members if member.role != "acceptor"]
        for acceptor in stopped:
            acceptor.stop_clock()
        memory = {member: [member.rss()] for member in servers}
        cluster.observe(3, lambda: [memory[member].append(member.rss()) for member in servers])
        for acceptor in stopped:
            acceptor.go_on()
        for member, samples in memory.items():
            self.assert_flat(samples, GROWTH_MAX, f"{member} while nothing could be decided")
        self.assert_delivered(cluster, learners, clients)
        self.assert_all_alive(cluster, learners)


if __name__ == "__main__":
    unittest.main()
