"""Real processes under each oracle of leadership: the leader is killed or paused while clients send."""
import signal
import unittest

from harness import ClusterTest, values_of

TIMES = "leader-ping 20ms\nleader-suspect 60ms\n"


class Leaders(ClusterTest):
    def begin(self, oracle):
        """A cluster whose leader is known, and a client in the middle of its values."""
        self.configure(f"leader {oracle}\n{TIMES}")
        self.start_servers(proposers=(), learners=(1, 2))
        self.start_proposers(1, 2, options=("-d",))
        self.values = values_of(1, 3000)
        self.start_client(1, self.values, "--rate", "3000")
        self.assertTrue(self.learners[1].wait_lines(300, 10))
        leading = {}
        for proposer in self.proposers.values():
            with proposer.changed:
                leading[proposer] = proposer.errors.count(b"leads in ballot") - proposer.errors.count(b"does not lead")
        return max(leading, key=leading.get)

    def expect_takeover_of(self, leader, away):
        other = next(p for p in self.proposers.values() if p is not leader)
        self.assertTrue(other.wait_error(b"leads in ballot", 10))
        away()
        self.expect_delivered({1: self.values}, 20)


def add_tests(oracle):
    def killed(self):
        leader = self.begin(oracle)
        leader.send(signal.SIGKILL)
        self.expect_takeover_of(leader, lambda: None)

    def paused(self):
        leader = self.begin(oracle)
        leader.send(signal.SIGSTOP)
        self.expect_takeover_of(leader, lambda: leader.send(signal.SIGCONT))

    name = oracle.replace("-", "_")
    setattr(Leaders, f"test_{name}_loses_nothing_when_the_leader_is_killed", killed)
    setattr(Leaders, f"test_{name}_loses_nothing_when_the_leader_is_paused_and_resumed", paused)


for each in ("none", "lowest-id", "bully", "ble"):
    add_tests(each)


class BadLeaders(ClusterTest):
    def test_an_oracle_that_there_is_not_is_refused(self):
        self.configure("leader raft\n")
        status, _, errors = self.synod("proposer", 1, self.conf)
        self.assertEqual(status, 2)
        self.assertIn(b"expected an oracle: none, lowest-id, bully or ble", errors)
        self.configure("")
        status, _, errors = self.synod("proposer", 1, self.conf, "--leader", "raft")
        self.assertEqual(status, 2)
        self.assertIn(b"--leader", errors)

    def test_times_that_contradict_each_other_are_refused(self):
        self.configure("leader-ping 50ms\nleader-suspect 60ms\n")
        status, _, errors = self.synod("proposer", 1, self.conf)
        self.assertEqual(status, 2)
        self.assertIn(b"expected leader-suspect to be twice leader-ping or more", errors)


if __name__ == "__main__":
    unittest.main()
