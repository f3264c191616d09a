#!/usr/bin/env python3
"""One live process for each role and id; restarts, also of acceptors, who have forgotten their votes."""
import subprocess
import unittest

from harness import ClusterTest, values_of


class Identity(ClusterTest):
    def test_a_second_process_of_the_same_role_and_id_is_refused_and_names_the_first(self):
        self.start_servers()
        self.start_client(1, values_of(1, 100))
        self.expect_delivered({1: values_of(1, 100)})
        for role, processes in (("acceptor", self.acceptors), ("proposer", self.proposers)):
            second = self.start(role, 1)
            status = second.wait(5)
            self.assertNotIn(status, (None, 0))
            self.assertIn(str(processes[1].process.pid).encode(), second.errors)
            self.assertIsNone(processes[1].process.poll())

    def test_a_second_learner_or_client_of_the_same_id_is_refused(self):
        self.start_servers()
        self.start_client(1, subprocess.PIPE).feed(b"x\n")
        self.assertTrue(self.learners[1].wait_lines(1, 5))
        for role, first in (("learner", self.learners[1]), ("client", self.clients[1])):
            second = self.start(role, 1, stdin=b"y\n")
            self.assertNotIn(second.wait(5), (None, 0))
            self.assertIn(str(first.process.pid).encode(), second.errors)

    def test_a_proposer_restarted_after_sigkill_is_accepted_and_leads_again(self):
        self.start_servers(proposers=(1,))
        submitted = {1: values_of(1, 500), 2: values_of(2, 500)}
        self.assertEqual(self.start_client(1, submitted[1]).wait(5), 0)
        self.proposers[1].kill()
        self.start_proposers(1)
        self.start_client(2, submitted[2])
        self.expect_delivered(submitted, seconds=10)

    def test_a_learner_restarted_after_sigkill_gets_the_whole_sequence(self):
        self.start_servers()
        submitted = {1: values_of(1, 500)}
        self.assertEqual(self.start_client(1, submitted[1]).wait(5), 0)
        self.learners[1].kill()
        self.start_learners(1)
        self.expect_delivered(submitted)

    def test_a_client_restarted_after_sigkill_is_a_new_session(self):
        self.start_servers()
        self.start_client(1, values_of(1, 500))
        self.assertTrue(self.learners[1].wait_lines(500, 5))
        self.clients[1].kill()
        self.start_client(1, values_of(1, 500))
        self.assertEqual(self.clients[1].wait(5), 0)
        for learner in self.learners.values():
            self.assertTrue(learner.wait_lines(1000, 5))
            learner.stop()
            self.assertEqual(learner.learned(), values_of(1, 500) * 2)

    def test_an_acceptor_restarted_after_sigkill_is_an_observer_and_says_so(self):
        self.start_servers()
        submitted = {1: values_of(1, 500), 2: values_of(2, 500), 3: values_of(3, 100)}
        self.assertEqual(self.start_client(1, submitted[1]).wait(5), 0)
        self.acceptors[2].kill()
        self.start_acceptors(2)
        self.assertTrue(self.acceptors[2].wait_error(b"observer", 5))
        self.assertEqual(self.start_client(2, submitted[2]).wait(5), 0)
        self.assertIsNone(self.acceptors[2].process.poll())
        # With another one dead, the observer's vote is what would be missing: it must not be cast.
        self.acceptors[3].kill()
        lines = self.learners[1].lines
        self.start_client(3, submitted[3])
        self.assertFalse(self.learners[1].wait_lines(lines + 1, 1.5))
        for learner in self.learners.values():
            learner.stop()
        self.expect_prefixes(submitted)

    def test_a_cluster_that_starts_anew_has_acceptors_that_vote(self):
        self.start_servers()
        submitted = {1: values_of(1, 100)}
        self.start_client(1, submitted[1])
        self.expect_delivered(submitted)
        for processes in (self.acceptors, self.proposers):
            for process in processes.values():
                process.kill()
        self.clients, self.learners = {}, {}
        self.start_servers()
        submitted = {1: values_of(1, 200)}
        self.start_client(1, submitted[1])
        self.expect_delivered(submitted)

    def test_clusters_with_other_names_on_the_same_groups_do_not_mix(self):
        text = self.conf.read_text()
        other = self.directory / "other.conf"
        other.write_text(text.replace("cluster test-", "cluster other-"))
        self.start_servers()
        for id in (1, 2, 3):
            self.start("acceptor", id, conf=other)
        self.start("proposer", 1, conf=other)
        learner = self.start("learner", 1, conf=other)
        client = self.start("client", 1, conf=other, stdin=b"theirs\n" * 100)
        self.start_client(1, [b"ours"] * 100)
        self.assertEqual(client.wait(10), 0)
        self.assertTrue(learner.wait_lines(100, 5))
        self.expect_delivered({1: [b"ours"] * 100})
        learner.stop()
        self.assertEqual(learner.learned(), [b"theirs"] * 100)


if __name__ == "__main__":
    unittest.main()
