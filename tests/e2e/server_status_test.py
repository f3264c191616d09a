"""synod status and synod doctor, of servers."""
import json
import subprocess
import unittest

from harness import SYNOD
from server_harness import SECONDS, Servers

HEALTHY, PROBLEM, USAGE, DEGRADED, NO_MAJORITY = 0, 1, 2, 3, 4


class ServerStatus(Servers):
    def look(self, *arguments):
        """The exit status, and what was printed."""
        done = subprocess.run([SYNOD, *map(str, arguments)], env=self.env, cwd=self.directory, capture_output=True,
                              timeout=SECONDS, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def status(self, *options):
        exit_status, output, errors = self.look("status", self.configuration, "--json", *options)
        self.assertEqual(errors, "")
        return exit_status, json.loads(output)

    def checks(self):
        """What the doctor says of ports and instances."""
        _, output, errors = self.look("doctor", self.configuration, "--json")
        self.assertEqual(errors, "")
        return [f"{check['status']} {check['text']}" for check in json.loads(output)["checks"]
                if check["check"] in ("ports", "instances")]

    def test_servers_tell_their_roles_and_how_far_they_are(self):
        self.start()
        leader = self.leader()
        self.client(1).ask("SET", "a", "1")
        self.await_same_position()
        exit_status, found = self.status()
        self.assertEqual((exit_status, found["problems"], found["leader"]), (HEALTHY, [], leader))
        for role in ("proposers", "acceptors", "learners"):
            self.assertEqual([one["id"] for one in found[role]], [1, 2, 3])
        delivered = [learner["delivered_below"] for learner in found["learners"]]
        self.assertGreater(min(delivered), 0)
        exit_status, text, _ = self.look("status", self.configuration)
        self.assertEqual(exit_status, HEALTHY)
        self.assertRegex(text, rf"proposer {leader} +leads")

    def test_a_server_that_died_is_named_and_one_that_observes(self):
        self.start()
        self.servers[3].kill()
        exit_status, found = self.status()
        self.assertEqual(exit_status, DEGRADED)
        self.assertIn("server 3 does not answer", found["problems"])
        self.assertTrue([line for line in self.checks() if line.startswith("warning server 3 has lived")])
        self.start_one(3)
        exit_status, found = self.status()
        self.assertEqual(exit_status, DEGRADED)
        self.assertIn("server 3 is an observer: it does not vote in this run", found["problems"])
        self.servers[2].kill()
        self.assertEqual(self.status()[0], NO_MAJORITY)

    def test_servers_of_a_run_that_was_given_them_are_asked_with_its_number(self):
        self.write_servers(multicast=f"239.255.7.1:{self.group_port}")
        self.start("--run", "7")
        exit_status, _, errors = self.look("status", self.configuration)
        self.assertEqual(exit_status, PROBLEM)
        self.assertIn("--run N", errors)
        self.assertEqual(self.status("--run", "7")[0], HEALTHY)

    def test_servers_of_another_run_than_was_here_are_said_to_live(self):
        self.start_one(1)
        self.servers[1].close()
        self.start("--run", "7")
        exit_status, found = self.status()
        self.assertEqual(exit_status, NO_MAJORITY)
        for sid in (1, 2, 3):
            pid = self.servers[sid].process.pid
            self.assertIn(f"server {sid} (process {pid}) lives and does not answer", found["problems"])
        self.assertTrue([line for line in found["problems"] if "give --run N" in line], found["problems"])
        self.assertEqual(self.status("--run", "7")[0], HEALTHY)

    def test_the_doctor_names_who_holds_the_ports_and_which_servers_live(self):
        self.start_one(2)
        pid = self.servers[2].process.pid
        checks = self.checks()
        self.assertIn(f"ok 127.0.0.1:{self.ports[1]}, of server 1, is free", checks)
        held = f"ok 127.0.0.1:{self.ports[2]}, of server 2, is held by process {pid} "
        self.assertTrue([line for line in checks if line.startswith(held)], checks)
        self.assertIn(f"ok running: server 2 (pid {pid})", checks)

    def test_what_is_wrong_with_the_configuration_is_said(self):
        self.configuration.write_text('{"servers": {"1": "here"}}')
        exit_status, _, errors = self.look("status", self.configuration)
        self.assertEqual(exit_status, USAGE)
        self.assertIn("servers", errors)


if __name__ == "__main__":
    unittest.main()
