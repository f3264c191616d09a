#!/usr/bin/env python3
"""The contract of the course systems: 2 clients, 2 proposers, 3 acceptors, 2 learners, by the scripts at the root."""
import itertools
import signal
import subprocess
import unittest

from harness import ClusterTest, values_of


class Deliveries(ClusterTest):
    def send(self, count, *options):
        submitted = {id: values_of(id, count) for id in (1, 2)}
        for id, values in submitted.items():
            self.start_client(id, values, *options)
        return submitted

    def deliver_all(self, count, seconds=5.0):
        self.start_servers()
        self.expect_delivered(self.send(count), seconds)
        self.expect_silent()

    def test_1_value_a_client(self):
        self.deliver_all(1)

    def test_100_values_a_client(self):
        self.deliver_all(100)

    def test_1000_values_a_client(self):
        self.deliver_all(1000)

    def test_10000_values_a_client(self):
        self.deliver_all(10000)

    def test_100000_values_a_client(self):
        self.deliver_all(100000)

    def test_ten_percent_loss_loses_nothing(self):
        options = ("--loss", "0.1")
        self.start_servers(options=options)
        self.expect_delivered(self.send(1000, *options))
        self.expect_silent()

    def test_heavy_faults_of_every_kind_lose_nothing(self):
        self.configure("loss 0.3\nduplicate 0.2\nreorder 0.2\nseed 7")
        self.start_servers()
        self.expect_delivered(self.send(1000), seconds=30)

    def test_two_of_three_acceptors_suffice(self):
        for missing in (1, 2, 3):
            with self.subTest(missing=missing):
                self.setUp()
                self.start_servers(acceptors=[id for id in (1, 2, 3) if id != missing])
                self.expect_delivered(self.send(1000))

    def test_one_of_three_acceptors_delivers_nothing_and_nothing_wrong(self):
        self.start_servers(acceptors=(1,))
        self.send(100)
        self.assertFalse(self.learners[1].wait_lines(1, 2))
        for process in (*self.clients.values(), *self.learners.values(), *self.acceptors.values(),
                        *self.proposers.values()):
            self.assertIsNone(process.process.poll())
        for learner in self.learners.values():
            self.assertEqual(learner.stop(), 0)
            self.assertEqual(learner.learned(), [])

    def test_the_other_acceptors_may_come_late(self):
        self.start_servers(acceptors=(1,))
        submitted = self.send(100)
        self.assertFalse(self.learners[1].wait_lines(1, 0.5))
        self.start_acceptors(2)
        self.expect_delivered(submitted)

    def test_a_single_process_of_each_role_suffices(self):
        self.configure("acceptors 1")
        self.start_servers(acceptors=(1,), proposers=(0,), learners=(0,))
        self.start_client(0, values_of(0, 1000))
        self.expect_delivered({0: values_of(0, 1000)})

    def test_many_processes_of_each_role(self):
        self.configure("acceptors 5")
        self.start_servers(acceptors=(1, 2, 3, 4, 5), proposers=(0, 1, 65535), learners=(0, 7, 65535))
        submitted = {id: values_of(id, 200) for id in (0, 1, 2, 3, 65535)}
        for id, values in submitted.items():
            self.start_client(id, values)
        self.expect_delivered(submitted)

    def test_without_direct_2b_and_proactive_phase_1_and_batches_all_is_delivered(self):
        for option in ("--no-direct-2b", "--no-proactive-phase1", "--batch=1"):
            with self.subTest(option=option):
                self.setUp()
                self.start_servers(options=(option,))
                self.expect_delivered(self.send(300, option))

    def test_values_come_out_while_the_client_waits_for_more(self):
        self.start_servers()
        client = self.start_client(1, subprocess.PIPE)
        for number in range(20):
            client.feed(b"value %d\n" % number)
            for learner in self.learners.values():
                self.assertTrue(learner.wait_lines(number + 1, 5))
        self.assertIsNone(client.process.poll())
        client.end_of_input()
        self.expect_delivered({1: [b"value %d" % number for number in range(20)]})


class Failures(ClusterTest):
    COUNT = 20000

    def start_flow(self):
        """Clients that take about a second, with values flowing when this returns."""
        self.start_servers()
        submitted = {id: values_of(id, self.COUNT) for id in (1, 2)}
        for id, values in submitted.items():
            self.start_client(id, values, "--rate", self.COUNT)
        self.assertTrue(self.learners[1].wait_lines(self.COUNT // 4, 5))
        return submitted

    def test_an_acceptor_killed_while_values_flow_loses_none(self):
        for victim in (1, 2, 3):
            with self.subTest(victim=victim):
                self.setUp()
                submitted = self.start_flow()
                self.acceptors[victim].kill()
                self.expect_delivered(submitted, seconds=10)

    def test_a_proposer_killed_while_values_flow_loses_none(self):
        for victim in (1, 2):
            with self.subTest(victim=victim):
                self.setUp()
                submitted = self.start_flow()
                self.proposers[victim].kill()
                self.expect_delivered(submitted, seconds=10)

    def test_a_proposer_that_only_stops_for_a_while_loses_none(self):
        for victim in (1, 2):
            with self.subTest(victim=victim):
                self.setUp()
                submitted = self.start_flow()
                self.proposers[victim].send(signal.SIGSTOP)
                self.assertTrue(self.learners[1].wait_lines(self.COUNT, 10))
                self.proposers[victim].send(signal.SIGCONT)
                self.expect_delivered(submitted, seconds=10)

    def test_a_learner_that_stops_for_a_while_gets_everything(self):
        submitted = self.start_flow()
        self.learners[2].send(signal.SIGSTOP)
        self.assertTrue(self.learners[1].wait_lines(2 * self.COUNT, 10))
        self.learners[2].send(signal.SIGCONT)
        self.expect_delivered(submitted, seconds=10)

    def test_two_acceptors_killed_stop_progress_and_nothing_is_wrong(self):
        submitted = self.start_flow()
        self.acceptors[1].kill()
        self.acceptors[3].kill()
        delivered = self.learners[1].lines
        self.assertFalse(self.learners[1].wait_lines(2 * self.COUNT, 2))
        self.assertGreaterEqual(self.learners[1].lines, delivered)
        for client in self.clients.values():
            self.assertIsNone(client.process.poll())
        for learner in self.learners.values():
            self.assertEqual(learner.stop(), 0)
        self.expect_prefixes(submitted)

    def test_a_killed_client_leaves_a_prefix_and_harms_nobody(self):
        submitted = self.start_flow()
        self.clients.pop(2).kill()
        self.assertEqual(self.clients[1].wait(10), 0)
        done = set(submitted[1])
        self.assertTrue(self.learners[1].wait_lines(self.COUNT, 5))
        late = self.start_client(3, [b"the end"])
        self.assertEqual(late.wait(5), 0)
        submitted[3] = [b"the end"]
        for learner in self.learners.values():
            with learner.changed:
                self.assertTrue(learner.changed.wait_for(lambda: b"the end\n" in learner.output, 5))
            learner.stop()
            self.assertEqual(sum(value in done for value in learner.learned()), self.COUNT)
        self.expect_prefixes(submitted)


class CatchUp(ClusterTest):
    def test_a_learner_and_a_client_that_come_later_get_the_whole_sequence(self):
        self.start_servers(learners=(1,))
        submitted = {1: values_of(1, 5000), 2: values_of(2, 5000)}
        self.assertEqual(self.start_client(1, submitted[1]).wait(5), 0)
        self.start_learners(2)
        self.start_client(2, submitted[2])
        self.expect_delivered(submitted)

    def test_a_learner_that_comes_when_all_is_over_gets_the_whole_sequence(self):
        self.start_servers(learners=(1,))
        submitted = {1: values_of(1, 100000)}
        self.assertEqual(self.start_client(1, submitted[1]).wait(5), 0)
        self.start_learners(2)
        self.expect_delivered(submitted)

    def test_a_learner_and_a_client_that_come_while_values_flow_get_the_whole_sequence(self):
        self.start_servers(learners=(1,))
        submitted = {1: values_of(1, 20000), 2: values_of(2, 20000)}
        self.start_client(1, submitted[1], "--rate", 20000)
        self.assertTrue(self.learners[1].wait_lines(5000, 5))
        self.start_learners(2)
        self.start_client(2, submitted[2], "--rate", 20000)
        self.expect_delivered(submitted, seconds=10)

    def test_a_proposer_that_comes_late_takes_over_what_is_there(self):
        self.start_servers(proposers=(1,))
        submitted = {1: values_of(1, 1000), 2: values_of(2, 1000)}
        self.assertEqual(self.start_client(1, submitted[1]).wait(5), 0)
        self.start_proposers(2)
        self.proposers[1].kill()
        self.start_client(2, submitted[2])
        self.expect_delivered(submitted, seconds=10)

    def test_a_late_learner_catches_up_on_a_lossy_network(self):
        options = ("--loss", "0.1")
        self.start_servers(learners=(1,), options=options)
        submitted = {1: values_of(1, 20000)}
        self.assertEqual(self.start_client(1, submitted[1], *options).wait(10), 0)
        self.start_learners(2, options=options)
        self.expect_delivered(submitted, seconds=10)


class StartingOrders(ClusterTest):
    SUBMITTED = {id: values_of(id, 100) for id in (1, 2)}

    def start_role(self, role):
        if role == "client":
            for id, values in self.SUBMITTED.items():
                self.start_client(id, values)
        else:
            ids = (1, 2, 3) if role == "acceptor" else (1, 2)
            getattr(self, f"start_{role}s")(*ids)

    def test_any_order_does(self):
        for order in itertools.permutations(("client", "proposer", "acceptor", "learner")):
            with self.subTest(order=order):
                self.setUp()
                for role in order:
                    self.start_role(role)
                self.expect_delivered(self.SUBMITTED)
                self.doCleanups()

    def test_time_between_starts_does_not_matter(self):
        for order in (("client", "learner", "proposer", "acceptor"), ("proposer", "client", "acceptor", "learner"),
                      ("learner", "acceptor", "client", "proposer")):
            with self.subTest(order=order):
                self.setUp()
                for place, role in enumerate(order):
                    self.start_role(role)
                    if place < 3 and self.learners:
                        self.assertFalse(self.learners[1].wait_lines(1, 0.7))
                self.expect_delivered(self.SUBMITTED)
                self.doCleanups()


if __name__ == "__main__":
    unittest.main()
