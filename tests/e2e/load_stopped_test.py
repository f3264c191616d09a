#!/usr/bin/env python3
"""One process is stopped (SIGSTOP) under load and goes on later: it holds nobody back, nobody grows, and it gets
everything in order, or names the first instance that it cannot have."""
import time
import unittest

from load_harness import MIB, Cluster, LoadTest

RATE = 20_000        # values a second, of each of two clients
STOPPED_SECONDS = 10
GROWTH_MAX = 8 * MIB


class Stopped(LoadTest):
    def stop(self, cluster, victim, watched, seconds, offered=0):
        """Stops the process for so long, watches the memory of all others and the rate of a learner, and lets it go
        on. `offered`: values a second, when clients do not send as many as they can."""
        others = [member for member in cluster.members if member is not victim and member.alive()]
        grown = [member for member in others if member.role != "acceptor"]
        memory = {member: [member.rss()] for member in grown}
        began = time.monotonic()
        before = offered or watched.rate(began - 1, began)
        victim.stop_clock()
        cluster.observe(seconds, lambda: [memory[member].append(member.rss()) for member in grown if member.alive()])
        after = watched.rate(began + 2, began + seconds)
        victim.go_on()
        for member, samples in memory.items():
            self.assert_flat(samples, GROWTH_MAX, f"{member} while {victim} was stopped")
            self.assertLess(max(samples), 64 * MIB, member)
        self.assertGreater(after, before * (0.8 if offered else 0.25),
                           f"2 s after {victim} stopped the rate is back (it was {before:.0f})")

    def paced_cluster(self, settings=""):
        cluster = Cluster(settings=settings)
        self.addCleanup(cluster.__exit__)
        return cluster, cluster.start_servers()

    def load(self, cluster, seconds, rate=RATE, warm=1.5):
        clients = [cluster.generate(k, seconds=seconds, rate=rate, wait=False) for k in (1, 2)]
        cluster.observe(warm)
        return clients

    def test_a_learner_gets_everything_when_the_history_has_it(self):
        cluster, learners = self.paced_cluster()
        clients = self.load(cluster, STOPPED_SECONDS + 4)
        self.stop(cluster, learners[1], learners[0], STOPPED_SECONDS, 2 * RATE)
        self.assert_delivered(cluster, learners, clients)
        self.assert_all_alive(cluster, learners)

    def test_a_learner_names_the_first_instance_that_is_forgotten(self):
        cluster, learners = self.paced_cluster("history 8M\n")
        clients = self.load(cluster, 8, rate=0)
        victim = learners[1]
        self.stop(cluster, victim, learners[0], 4)
        cluster.wait(lambda: not victim.alive(), 5, "the learner gives up")
        self.assertEqual(victim.process.returncode, 1)
        self.assertRegex(victim.said(), r"instance \d+ cannot be had any more.*history SIZE")
        self.assert_delivered(cluster, learners[:1], clients)

    def test_an_acceptor_mends_its_holes(self):
        cluster, learners = self.paced_cluster()
        clients = self.load(cluster, 8)
        first, victim, third = cluster.of("acceptor")
        self.stop(cluster, victim, learners[0], 4, 2 * RATE)
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
        self.stop(cluster, victim, learners[0], 4)
        cluster.wait(lambda: "the others have forgotten them" in victim.said(), 5, "it says so")
        self.assert_delivered(cluster, learners, clients)
        self.assertTrue(victim.alive())

    def test_a_standby_proposer_holds_nobody_back(self):
        cluster, learners = self.paced_cluster()
        clients = self.load(cluster, 8)
        leader = cluster.leader()
        standby = next(member for member in cluster.of("proposer") if member is not leader)
        self.stop(cluster, standby, learners[0], 4, 2 * RATE)
        self.assert_delivered(cluster, learners, clients)
        self.assert_all_alive(cluster, learners)

    def test_the_leader_is_replaced_and_comes_back(self):
        cluster, learners = self.paced_cluster()
        clients = self.load(cluster, 8)
        leader = cluster.leader()
        self.stop(cluster, leader, learners[0], 4, 2 * RATE)
        self.assert_delivered(cluster, learners, clients)
        self.assert_all_alive(cluster, learners)

    def test_a_client_holds_nobody_back(self):
        cluster, learners = self.paced_cluster()
        clients = self.load(cluster, 7, rate=0)
        self.stop(cluster, clients[1], learners[0], 4)
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
