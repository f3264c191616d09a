#!/usr/bin/env python3
"""A learner is stopped (SIGSTOP) under load and goes on later: it holds nobody back, nobody grows, and it gets
everything in order, or names the first instance that it cannot have."""
import unittest

from load_harness import PACE, StoppedTest


STOPPED_SECONDS = 30


class StoppedLearner(StoppedTest):
    # With it the others of whom one may be away at a time: together they are no harder to live without.
    def test_a_learner_gets_everything_when_the_history_has_it(self):
        cluster, learners = self.paced_cluster()
        clients = self.load(cluster, STOPPED_SECONDS + 4)
        leader = cluster.leader()
        standby = next(member for member in cluster.of("proposer") if member is not leader)
        victims = [learners[1], cluster.of("acceptor")[1], standby, clients[1]]
        self.stop(cluster, victims, learners[0], STOPPED_SECONDS, PACE)
        self.assert_delivered(cluster, learners, clients)
        self.assert_all_alive(cluster, learners)

    def test_a_learner_names_the_first_instance_that_is_forgotten(self):
        cluster, learners = self.paced_cluster("history 8M\n")
        clients = self.load(cluster, 8, rate=0)
        victim = learners[1]
        self.stop(cluster, [victim], learners[0], 4)
        cluster.wait(lambda: not victim.alive(), 5, "the learner gives up")
        self.assertEqual(victim.process.returncode, 1)
        self.assertRegex(victim.said(), r"instance \d+ cannot be had any more.*history SIZE")
        self.assert_delivered(cluster, learners[:1], clients)


if __name__ == "__main__":
    unittest.main()
