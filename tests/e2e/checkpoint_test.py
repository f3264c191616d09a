#!/usr/bin/env python3
"""What happens when acceptors have forgotten the beginning: histories that are a small part of what is submitted."""
import signal
import unittest

from harness import ClusterTest, values_of

HISTORY = 4 << 20
SIZE = 1000  # of a value
PER_HISTORY = HISTORY // SIZE
RATE = 20 * PER_HISTORY // 10  # values a second: two histories


class Checkpoint(ClusterTest):
    def setUp(self):
        super().setUp()
        self.configure(f"history {HISTORY}")

    def submit(self, histories):
        """One client submits so many histories' worth of values, for half as many seconds."""
        self.submitted = {1: values_of(1, histories * PER_HISTORY, size=SIZE)}
        self.start_client(1, self.submitted[1], "--rate", RATE)

    def wait_histories(self, count):
        """Until so many histories' worth of values more have been learned."""
        lines = self.learners[1].lines
        self.assertTrue(self.learners[1].wait_lines(lines + int(count * PER_HISTORY), 20),
                        f"stands still at {self.learners[1].lines} values")

    def test_proposers_that_start_after_the_history_has_rolled_over_lead(self):
        self.start_servers()
        self.submit(histories=10)
        self.wait_histories(4)
        self.proposers[1].kill()
        self.wait_histories(0.5)
        self.proposers[2].kill()  # nobody is left who has read the beginning, but learners
        self.start_proposers(1)
        self.wait_histories(1)
        self.start_proposers(2)
        self.wait_histories(1)
        self.proposers[1].kill()
        self.expect_delivered(self.submitted, seconds=20)
        self.assertIsNone(self.proposers[2].process.poll(), bytes(self.proposers[2].errors))

    def test_values_under_way_while_no_proposer_lives_come_once(self):
        self.start_servers(proposers=(1,))
        self.submit(histories=6)
        for _ in range(3):
            self.wait_histories(1.5)
            self.proposers[1].kill()
            self.start_proposers(1)
        self.expect_delivered(self.submitted, seconds=20)

    def test_an_acceptor_stopped_for_longer_than_the_history_is_needed_afterwards(self):
        self.start_servers()
        self.submit(histories=12)
        self.wait_histories(0.5)
        self.acceptors[3].send(signal.SIGSTOP)
        self.wait_histories(4)
        self.acceptors[3].send(signal.SIGCONT)
        self.wait_histories(2)
        self.acceptors[1].kill()
        self.wait_histories(1)
        # What it has got of the others it gives on.
        for id in (1, 2):
            self.proposers[id].kill()
        self.start_proposers(1, 2)
        self.expect_delivered(self.submitted, seconds=20)

    def test_a_learner_that_starts_too_late_names_what_it_cannot_have(self):
        self.start_servers(learners=(1,))
        self.submit(histories=3)
        self.expect_delivered(self.submitted, seconds=20)
        late = self.start("learner", 2)
        self.assertNotIn(late.wait(10), (None, 0))
        self.assertIn(b"instance 0 cannot be had any more", late.errors)
        self.assertEqual(late.learned(), [])


if __name__ == "__main__":
    unittest.main()
