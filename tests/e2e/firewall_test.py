#!/usr/bin/env python3
"""A firewall drops every tenth datagram, in a network namespace that the test makes for itself."""
import os
import subprocess
import sys
import unittest

from harness import ClusterTest, values_of

RULES = """
ip link set lo up
iptables -A INPUT -p udp -m statistic --mode random --probability 0.1 -j DROP
echo ready
exec cat
"""


class Namespace:
    """A network namespace that lives as long as a process in it; None in `command`: it could not be made."""

    def __init__(self):
        as_root = os.geteuid() == 0
        self.why_not = None
        try:
            self.holder = subprocess.Popen(["unshare", "--net" if as_root else "-rn", "sh", "-ec", RULES],
                                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        except FileNotFoundError as error:
            self.why_not = str(error)
            return
        if self.holder.stdout.readline() != b"ready\n":
            self.why_not = self.holder.stderr.read().decode(errors="replace").strip() or "unshare said nothing"
        keep_user = [] if as_root else ["--user", "--preserve-credentials"]
        self.prefix = ("nsenter", "--target", str(self.holder.pid), "--net", *keep_user, "--")

    def close(self):
        if hasattr(self, "holder"):
            self.holder.communicate()


class Firewall(ClusterTest):
    @classmethod
    def setUpClass(cls):
        cls.namespace = Namespace()
        cls.addClassCleanup(cls.namespace.close)
        if cls.namespace.why_not:
            print(f"SKIPPED: no network namespace with a firewall: {cls.namespace.why_not}", file=sys.stderr)
            raise unittest.SkipTest(cls.namespace.why_not)
        cls.prefix = cls.namespace.prefix

    def test_a_tenth_of_all_datagrams_dropped_loses_nothing(self):
        self.start_servers()
        submitted = {id: values_of(id, 1000) for id in (1, 2)}
        for id, values in submitted.items():
            self.start_client(id, values)
        self.expect_delivered(submitted)

    def test_the_main_job_runs_behind_the_firewall(self):
        status, output, errors = self.synod("run", "-n", 10000, "--json")
        self.assertEqual(status, 0, output + errors)


if __name__ == "__main__":
    unittest.main()
