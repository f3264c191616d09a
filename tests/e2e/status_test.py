"""synod status: what it says of real processes, and its exit status."""
import json
import signal
import time
import unittest

from harness import SYNOD, ClusterTest, Process, ROOT, values_of

HEALTHY, ERROR, USAGE, DEGRADED, NO_MAJORITY = 0, 1, 2, 3, 4


class Status(ClusterTest):
    def status(self, *options):
        exit_status, output, errors = self.synod("status", self.conf, "--json", *options)
        self.assertEqual(errors, b"")
        return exit_status, json.loads(output)

    def start_and_work(self):
        """A cluster that has delivered 100 values and is well: on a busy machine it may have to elect once more."""
        self.start_servers()
        self.start_client(1, values_of(1, 100))
        self.assertEqual(self.clients[1].wait(10), 0)
        for learner in self.learners.values():
            self.assertTrue(learner.wait_lines(100, 10))
        deadline = time.monotonic() + 10
        while self.status()[0] != HEALTHY:
            self.assertLess(time.monotonic(), deadline, self.status())

    def test_a_cluster_that_is_well_is_healthy_and_tells_who_leads(self):
        self.start_and_work()
        exit_status, found = self.status()
        self.assertEqual((exit_status, found["health"], found["problems"]), (HEALTHY, "healthy", []))
        leads = [p for p in found["proposers"] if p["state"] == "leads"]
        self.assertEqual([p["id"] for p in leads], [found["leader"]])
        self.assertEqual({p["heard"] for p in found["proposers"] if p["state"] == "follows"}, {leads[0]["ballot"]})
        self.assertEqual({a["promised"] for a in found["acceptors"]}, {leads[0]["ballot"]})
        self.assertEqual([a["id"] for a in found["acceptors"]], [1, 2, 3])
        self.assertEqual([(one["id"], one["lag"]) for one in found["learners"]], [(1, 0), (2, 0)])
        self.assertGreater(found["decided_below"], 0)
        self.assertGreaterEqual(found["elections"], 1)

    def test_people_get_a_table(self):
        self.start_and_work()
        exit_status, output, _ = self.synod("status", self.conf)
        text = output.decode()
        self.assertEqual(exit_status, HEALTHY)
        self.assertTrue(text.startswith("healthy\n"), text)
        for name in ("proposer 1", "proposer 2", "acceptor 3", "learner 2"):
            self.assertIn(name, text)
        self.assertNotIn("\x1b", text)

    def test_acceptors_that_die_are_named_and_an_observer_is_shown(self):
        self.start_and_work()
        self.acceptors[3].kill()
        exit_status, found = self.status()
        self.assertEqual((exit_status, found["problems"]), (DEGRADED, ["acceptor 3 does not answer"]))
        self.start_acceptors(3)
        self.assertTrue(self.acceptors[3].wait_error(b"observer", 5))
        exit_status, found = self.status()
        self.assertEqual(exit_status, DEGRADED)
        self.assertEqual([a["observer"] for a in found["acceptors"]], [False, False, True])
        self.assertIn("acceptor 3 is an observer", found["problems"][0])
        self.acceptors[2].kill()
        exit_status, found = self.status()
        self.assertEqual((exit_status, found["health"]), (NO_MAJORITY, "no majority"))

    def test_a_learner_that_is_stopped_is_named(self):
        self.start_and_work()
        self.learners[2].send(signal.SIGSTOP)
        exit_status, found = self.status()
        self.learners[2].send(signal.SIGCONT)
        self.assertEqual(exit_status, DEGRADED)
        self.assertRegex(found["problems"][0], r"learner 2 \(process \d+\) lives and does not answer")

    def watch(self):
        watch = Process([SYNOD, "status", self.conf, "--watch", "--interval", "0.01"], self.env, ROOT, None, ())
        self.addCleanup(watch.close)
        return watch

    def test_a_watch_looks_again_until_it_is_told_to_end(self):
        self.start_and_work()
        watch = self.watch()
        self.assertTrue(watch.wait_lines(25, 10), "three tables of eight lines")
        watch.send(signal.SIGINT)
        self.assertEqual(watch.wait(5), HEALTHY)

    def test_a_watch_ends_with_what_it_has_seen_last(self):
        self.start_and_work()
        watch = self.watch()
        self.assertTrue(watch.wait_lines(8, 10))
        self.acceptors[3].kill()
        self.assertTrue(watch.wait_output(b"acceptor 3 does not answer", 10))
        self.acceptors[2].kill()
        self.assertTrue(watch.wait_output(b"no majority", 10))
        watch.send(signal.SIGTERM)
        self.assertEqual(watch.wait(5), NO_MAJORITY)

    def test_what_is_wrong_with_the_configuration_is_said(self):
        self.configure("acceptors many\n")
        exit_status, _, errors = self.synod("status", self.conf)
        self.assertEqual(exit_status, USAGE)
        self.assertIn(b"paxos.conf:", errors)

    def test_where_no_process_has_been_there_is_no_run_to_ask(self):
        exit_status, _, errors = self.synod("status", self.conf)
        self.assertEqual(exit_status, ERROR)
        self.assertIn(b"no process of this cluster has been started on this host", errors)


if __name__ == "__main__":
    unittest.main()
