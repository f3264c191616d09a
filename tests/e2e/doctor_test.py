#!/usr/bin/env python3
"""synod doctor: what is planted is found and named, and the exit status says so. What needs a host of its own is
tried in a network namespace that this test makes."""
import contextlib
import json
import os
import socket
import subprocess
import sys
import unittest

from harness import ClusterTest


def settings(conf):
    """The groups of a configuration: role -> (ip, port)."""
    words = [line.split() for line in conf.read_text().splitlines()]
    return {line[0].rstrip("s"): (line[1], int(line[2])) for line in words if len(line) == 3}


class DoctorTest(ClusterTest):
    def doctor(self, *arguments):
        """The exit status, and the findings."""
        status, output, errors = self.synod("doctor", *(arguments or (self.conf,)), "--json")
        self.assertEqual(errors, b"")
        report = json.loads(output)
        self.assertEqual(report["problems"], sum(c["status"] == "problem" for c in report["checks"]))
        self.assertEqual(status, 1 if report["problems"] else 0)
        return status, report["checks"]

    def expect(self, checks, status, check, *texts):
        """Some finding of this kind has all the texts in what it says or in its remedy."""
        found = [c for c in checks if c["status"] == status and c["check"] == check]
        for each in found:
            if all(text in each["text"] + " -> " + each["remedy"] for text in texts):
                return
        self.fail(f"no {status} of {check} with {texts} in {json.dumps(checks, indent=1)}")

    def expect_no_problem(self, checks):
        self.assertEqual([c for c in checks if c["status"] == "problem"], [])


class OnThisHost(DoctorTest):
    def test_a_sound_host_has_no_problem(self):
        status, checks = self.doctor()
        self.assertEqual(status, 0)
        self.expect_no_problem(checks)
        self.expect(checks, "ok", "configuration", str(self.conf))
        self.expect(checks, "ok", "interface", "lo is up", "127.0.0.1")
        self.expect(checks, "ok", "multicast", *(f"{ip}:{port}" for ip, port in settings(self.conf).values()))
        self.expect(checks, "ok", "instances", "nothing of this cluster runs")

    def test_people_get_a_line_each(self):
        status, output, _ = self.synod("doctor", self.conf)
        self.assertEqual(status, 0)
        lines = output.decode().splitlines()
        self.assertTrue(all(line.split()[0] in ("ok", "warning", "problem") for line in lines[:-1]), output)
        self.assertRegex(lines[-1], "all is well|problems: 0")

    def test_the_configuration_at_hand_is_taken_without_a_name(self):
        status, output, _ = self.synod("doctor", "--json")
        self.assertEqual((status, b"'paxos.conf'" in output or b"paxos.conf can be read" in output), (0, True))

    def test_a_bad_configuration_is_a_problem_of_its_own(self):
        self.conf.write_text("client 239.1.2.3\n")
        _, checks = self.doctor()
        self.expect(checks, "problem", "configuration", "paxos.conf:1:", "too few words")
        _, checks = self.doctor("nowhere.conf")
        self.expect(checks, "problem", "configuration", "cannot read", "nowhere.conf")
        self.expect(checks, "ok", "interface", "lo is up")

    def test_wrong_usage_is_said(self):
        status, _, errors = self.synod("doctor", self.conf, "more")
        self.assertEqual(status, 2)
        self.assertIn(b"--help", errors)

    def test_an_interface_that_is_not_there(self):
        self.configure("interface nosuch0")
        _, checks = self.doctor()
        self.expect(checks, "problem", "interface", "nosuch0", "ip -brief link")

    def test_a_port_that_another_program_holds_without_sharing_it(self):
        _, port = settings(self.conf)["acceptor"]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
            holder.bind(("", port))
            _, checks = self.doctor()
        self.expect(checks, "problem", "ports", f":{port} is taken", f"process {os.getpid()} ", "stop it")
        self.assertEqual(sum(c["status"] == "problem" for c in checks), 1)

    def test_a_port_that_another_program_shares(self):
        ip, port = settings(self.conf)["learner"]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            holder.bind((ip, port))
            status, checks = self.doctor()
        self.assertEqual(status, 0)
        self.expect(checks, "warning", "ports", f"{ip}:{port} is shared with", f"process {os.getpid()} ")

    def test_instances_that_run_are_named_and_not_disturbed(self):
        self.start_servers()
        client = self.start_client(1, subprocess.PIPE)
        client.feed(b"one\n")
        for learner in self.learners.values():
            self.assertTrue(learner.wait_lines(1, 5))
        status, checks = self.doctor()
        self.assertEqual(status, 0)
        for role, processes in (("acceptor", self.acceptors), ("learner", self.learners)):
            for id, process in processes.items():
                self.expect(checks, "ok", "instances", f"{role} {id} (pid {process.process.pid})")
        self.expect(checks, "ok", "ports", "is shared by 7 processes of Synod")
        client.feed(b"two\n")
        client.end_of_input()
        self.expect_delivered({1: [b"one", b"two"]})
        self.expect_silent()

    def test_an_acceptor_that_would_come_back_as_an_observer(self):
        self.start_servers()
        client = self.start_client(1, [b"one"])
        self.assertEqual(client.wait(5), 0)
        self.acceptors[2].kill()
        status, checks = self.doctor()
        self.assertEqual(status, 0)
        self.expect(checks, "warning", "instances", "acceptor 2", "observer", "stop every process")

    def test_buffers_that_the_kernel_does_not_grant(self):
        self.configure("receive-buffer 512M")
        with open("/proc/sys/net/core/rmem_max", encoding="ascii") as file:
            if int(file.read()) >= 512 << 20:
                self.skipTest("this kernel grants everybody buffers of 512 MiB")
        status, checks = self.doctor()
        self.assertEqual(status, 0)
        self.expect(checks, "warning", "buffers", "receive buffers", "sysctl -w net.core.rmem_max=536870912")

    def test_a_run_directory_that_cannot_be_used(self):
        (self.directory / "file").write_text("")
        self.env["SYNOD_RUN_DIR"] = str(self.directory / "file")
        _, checks = self.doctor()
        self.expect(checks, "problem", "directory", "is not a directory", "SYNOD_RUN_DIR")


class Namespace:
    """A network of its own, as long as a process in it lives."""

    def __init__(self):
        as_root = os.geteuid() == 0
        self.why_not = None
        try:
            self.holder = subprocess.Popen(["unshare", "--net" if as_root else "-rn", "sh", "-c", "echo ready; exec cat"],
                                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        except FileNotFoundError as error:
            self.why_not = str(error)
            return
        keep_user = [] if as_root else ["--user", "--preserve-credentials"]
        self.prefix = ("nsenter", "--target", str(self.holder.pid), "--net", *keep_user, "--")
        if self.holder.stdout.readline() != b"ready\n":
            self.why_not = self.holder.stderr.read().decode(errors="replace").strip() or "unshare said nothing"
        elif self.run("ip", "link", "set", "lo", "down").returncode != 0:
            self.why_not = "ip cannot change the interface"

    def run(self, *command):
        return subprocess.run([*self.prefix, *command], capture_output=True, text=True, check=False)

    def close(self):
        if hasattr(self, "holder"):
            self.holder.communicate()


class InANetworkOfItsOwn(DoctorTest):
    def setUp(self):
        super().setUp()
        self.network = Namespace()
        self.addCleanup(self.network.close)
        if self.network.why_not:
            print(f"SKIPPED: no network namespace: {self.network.why_not}", file=sys.stderr)
            self.skipTest(self.network.why_not)
        self.prefix = self.network.prefix

    def change(self, *command):
        done = self.network.run(*command)
        if done.returncode != 0:
            print(f"SKIPPED: {' '.join(command)}: {done.stderr}", file=sys.stderr)
            self.skipTest(done.stderr)

    def test_an_interface_that_is_down(self):
        _, checks = self.doctor()
        self.expect(checks, "problem", "interface", "lo is down", "ip link set lo up")
        self.change("ip", "link", "set", "lo", "up")
        self.expect_no_problem(self.doctor()[1])

    def make_interface(self):
        self.change("ip", "link", "set", "lo", "up")
        self.change("ip", "link", "add", "here9", "type", "veth", "peer", "name", "there9")
        self.change("ip", "link", "set", "here9", "up")
        self.change("ip", "link", "set", "there9", "up")
        self.configure("interface here9")

    def test_an_interface_without_an_address(self):
        self.make_interface()
        _, checks = self.doctor()
        self.expect(checks, "problem", "interface", "here9 has no IPv4 address", "ip address add")

    def test_servers_none_of_which_is_of_this_host(self):
        self.make_interface()
        self.change("ip", "address", "add", "10.9.9.1/24", "dev", "here9")
        servers = self.directory / "paxos.config.json"
        servers.write_text(json.dumps({"servers": [
            {"sid": sid, "address": f"10.9.9.{sid}:7000", "redis": f"10.9.9.{sid}:7100"} for sid in (2, 3, 4)]}))
        _, checks = self.doctor(servers)
        self.expect_no_problem(checks)
        self.expect(checks, "warning", "ports", "none of the servers' addresses is of this host", "ip -brief address")
        self.change("ip", "address", "add", "10.9.9.3/24", "dev", "here9")
        _, checks = self.doctor(servers)
        self.assertEqual([c["text"] for c in checks if c["check"] == "ports"], ["10.9.9.3:7000, of server 3, is free"])

    def test_an_interface_without_the_multicast_flag(self):
        self.make_interface()
        self.change("ip", "address", "add", "10.9.9.1/24", "dev", "here9")
        self.change("ip", "link", "set", "here9", "multicast", "on")
        self.expect_no_problem(self.doctor()[1])
        self.change("ip", "link", "set", "here9", "multicast", "off")
        _, checks = self.doctor()
        self.expect(checks, "problem", "interface", "lacks the MULTICAST flag", "ip link set here9 multicast on")

    @contextlib.contextmanager
    def rule(self, *words):
        self.change("iptables", *words)
        yield
        self.change("iptables", "-F")
        self.change("iptables", "-P", "INPUT", "ACCEPT")

    def test_firewall_rules_that_drop_the_groups(self):
        self.change("ip", "link", "set", "lo", "up")
        ip, port = settings(self.conf)["proposer"]
        with self.rule("-A", "INPUT", "-p", "udp", "-d", ip, "--dport", str(port), "-j", "DROP"):
            _, checks = self.doctor()
            self.expect(checks, "problem", "multicast", f"nothing of what is sent to {ip}:{port} arrives")
            self.expect(checks, "problem", "firewall", f"--dport {port} -j DROP", "iptables -t filter -D INPUT")
        with self.rule("-P", "INPUT", "DROP"):
            _, checks = self.doctor()
            self.expect(checks, "problem", "firewall", "policy of the chain INPUT", "-j ACCEPT")
            self.expect(checks, "problem", "unicast", "127.0.0.1")
        with self.rule("-A", "INPUT", "-p", "udp", "--dport", "53", "-j", "DROP"):
            status, checks = self.doctor()
            self.assertEqual(status, 0)
            self.expect(checks, "ok", "firewall", "no rule")

    def test_a_rule_that_another_one_overrules_is_a_warning(self):
        self.change("ip", "link", "set", "lo", "up")
        with self.rule("-A", "INPUT", "-i", "lo", "-j", "ACCEPT"), self.rule("-A", "INPUT", "-p", "udp", "-j", "DROP"):
            status, checks = self.doctor()
            self.assertEqual(status, 0)
            self.expect(checks, "warning", "firewall", "yet they arrive")


if __name__ == "__main__":
    unittest.main()
