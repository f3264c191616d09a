#!/usr/bin/env python3
"""Receive buffers that are too small: nothing is lost for good, and a warning names the remedy."""
import os
import shutil
import sys
import unittest

from load_harness import SYNOD, Cluster, LoadTest

STOCK = 212_992  # what a kernel grants to everybody unless told otherwise


class SmallBuffers(LoadTest):
    def run_cluster(self, settings, *, clients=2, values=200_000, learners=2):
        with Cluster(settings=settings) as cluster:
            readers = cluster.start_servers(learners=learners)
            writers = [cluster.generate(k, values=values, wait=False) for k in range(1, clients + 1)]
            total = self.assert_delivered(cluster, readers, writers)
            self.assertEqual(total, clients * values)
            self.assert_all_alive(cluster, readers)

    def test_at_full_speed(self):
        self.run_cluster(f"receive-buffer {STOCK}\n")

    def test_the_smallest_there_are(self):
        self.run_cluster("receive-buffer 64K\n")

    def test_with_64_clients_and_8_learners(self):
        self.run_cluster(f"receive-buffer {STOCK}\n", clients=64, values=2_000, learners=8)

    def test_with_loss(self):
        self.run_cluster(f"receive-buffer {STOCK}\nloss 0.05\n", values=50_000)

    def test_without_privileges_a_warning_names_the_sysctl(self):
        with open("/proc/sys/net/core/rmem_max", encoding="ascii") as file:
            if int(file.read()) >= 512 << 20:
                self.skipTest("this kernel grants everybody buffers of 512 MiB")
        command = [SYNOD]
        if os.geteuid() == 0:
            if not shutil.which("setpriv"):
                print("SKIPPED: no setpriv to give up root's privileges with", file=sys.stderr)
                self.skipTest("no setpriv")
            command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", SYNOD]
        with Cluster(settings="receive-buffer 512MiB\n") as cluster:
            os.chmod(cluster.directory, 0o777)
            for k in (1, 2, 3):
                cluster.start("acceptor", k, command=command)
            cluster.start("proposer", 1, command=command)
            learner = cluster.start("learner", 1, "--verify", command=command)
            client = cluster.start("client", 1, "--generate", 100_000, command=command, wait=False)
            self.assert_delivered(cluster, [learner], [client])
            for member in cluster.members:
                self.assertRegex(member.said(), r"grants receive buffers of \d+ KiB instead of 524288 KiB.*"
                                                r"sysctl -w net\.core\.rmem_max=536870912", member)


if __name__ == "__main__":
    unittest.main()
