#!/usr/bin/env python3
"""What clients read and learners print: any bytes, any size; and input that is wrong."""
import os
import pathlib
import random
import signal
import socket
import subprocess
import unittest

from harness import ROOT, SYNOD, ClusterTest, values_of


def any_bytes(random_source, size):
    return random_source.randbytes(size).replace(b"\n", b"\x0b")


class Values(ClusterTest):
    def deliver(self, submitted, seconds=10.0):
        self.start_servers()
        for id, values in submitted.items():
            self.start_client(id, values)
        self.expect_delivered(submitted, seconds)

    def test_of_any_size_up_to_one_mebibyte(self):
        source = random.Random(1)
        sizes = [0, 1, 2, 63, 64, 65, 1000, 1399, 1400, 1401, 1472, 8191, 8192, 65507, 65535, 65536, 100000, 1 << 20]
        self.deliver({id: [any_bytes(source, size) for size in sizes] for id in (1, 2)})

    def test_of_one_mebibyte_in_a_row(self):
        source = random.Random(2)
        self.deliver({1: [any_bytes(source, 1 << 20) for _ in range(20)], 2: values_of(2, 1000)}, seconds=20)

    def test_of_any_bytes(self):
        values = [bytes([byte]) for byte in range(256) if byte != 10] + [b"\r", b"\0\0", b" ", b"\xff\xfe", b"a\rb"]
        self.deliver({1: [b"1" + value for value in values], 2: [b"2" + value for value in values]})

    def test_that_are_equal_come_as_often_as_they_were_sent(self):
        self.deliver({1: [b"same"] * 5000, 2: [b"same"] * 5000})

    def test_that_are_empty_count(self):
        self.deliver({1: [b""] * 1000, 2: [b"", b"x", b""]})

    def test_of_numbers_as_the_course_makes_them(self):
        source = random.Random(3)
        self.deliver({id: [b"%d" % source.randrange(10000) for _ in range(10000)] for id in (1, 2)})

    def test_the_last_line_may_lack_its_newline(self):
        self.start_servers()
        self.clients[1] = self.start("client", 1, stdin=b"a\nb\nc")
        self.expect_delivered({1: [b"a", b"b", b"c"]})

    def test_no_values_at_all_end_a_client_at_once(self):
        self.start_servers()
        for id in (1, 2):
            self.start_client(id, [])
        self.expect_delivered({1: [], 2: []})

    def test_input_that_never_has_to_be_waited_for(self):
        for stdin, status, says in (("</dev/null", 0, b""), ("<&-", 1, b"standard input: Bad file descriptor"),
                                    ("</", 1, b"standard input: Is a directory")):
            with self.subTest(stdin=stdin):
                done = subprocess.run(["bash", "-c", f'"$SYNOD" client 1 "$0" {stdin}', self.conf], timeout=10,
                                      stderr=subprocess.PIPE, env=self.env, check=False)
                self.assertEqual(done.returncode, status, done.stderr)
                self.assertIn(says, done.stderr)

    def test_no_values_at_all_need_no_cluster(self):
        self.assertEqual(self.start_client(1, []).wait(5), 0)


class Endings(ClusterTest):
    def test_sigterm_ends_a_learner_with_its_output_whole(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number):
                self.setUp()
                self.start_servers()
                submitted = {1: values_of(1, 50000, size=100)}
                self.start_client(1, submitted[1], "--rate", 100000)
                self.assertTrue(self.learners[1].wait_lines(1000, 5))
                self.learners[1].send(number)
                self.assertEqual(self.learners[1].wait(1), 0)
                self.assertTrue(self.learners[1].output.endswith(b"\n"))
                self.assertTrue(self.learners[2].wait_lines(len(submitted[1]), 10))
                self.learners[2].stop()
                self.expect_prefixes(submitted)

    def test_every_role_ends_at_once_when_told_to(self):
        self.start_servers(acceptors=(1,))
        self.start_client(1, values_of(1, 10))
        self.start_client(2, subprocess.PIPE)
        self.assertFalse(self.learners[1].wait_lines(1, 0.5))
        for processes in (self.acceptors, self.proposers, self.learners, self.clients):
            for id, process in processes.items():
                process.send(signal.SIGTERM)
                self.assertIsNotNone(process.wait(1), process.command)

    def test_a_learner_whose_reader_is_gone_ends(self):
        self.start_servers(learners=(2,))
        reader, writer = os.pipe()
        learner = subprocess.Popen([ROOT / "learner.sh", "1", self.conf], stdout=writer, env=self.env)
        self.addCleanup(learner.wait)
        self.addCleanup(learner.kill)
        os.close(writer)
        os.close(reader)
        submitted = {1: values_of(1, 10000)}
        self.start_client(1, submitted[1])
        self.assertNotEqual(learner.wait(5), 0)
        self.expect_delivered(submitted)

    def test_a_learner_without_an_output_ends(self):
        self.start_servers(learners=())
        learner = subprocess.Popen(["bash", "-c", 'exec "$SYNOD" learner 1 "$0" >&-', self.conf], env=self.env,
                                   stderr=subprocess.PIPE)
        self.addCleanup(learner.kill)
        self.start_client(1, [b"x"])
        self.assertIn(b"standard output", learner.communicate(timeout=10)[1])
        self.assertEqual(learner.returncode, 1)

    def test_a_learner_whose_reader_is_slow_holds_up_nobody_and_loses_nothing(self):
        self.start_servers(learners=(1,))
        slow = subprocess.Popen([ROOT / "learner.sh", "2", self.conf], stdout=subprocess.PIPE, env=self.env)
        self.addCleanup(slow.wait)
        self.addCleanup(slow.kill)
        submitted = {1: values_of(1, 50000, size=100)}
        self.start_client(1, submitted[1])
        self.expect_delivered(submitted, seconds=20)
        read = b""
        while read.count(b"\n") < 50000:
            read += os.read(slow.stdout.fileno(), 1 << 16)
        self.assertEqual(read, self.learners[1].output)
        slow.stdout.close()


class BadInput(ClusterTest):
    def refused(self, *arguments, says, status=2):
        code, output, errors = self.synod(*arguments, seconds=10)
        self.assertEqual(code, status, errors)
        self.assertEqual(output, b"")
        for text in (says if isinstance(says, tuple) else (says,)):
            self.assertIn(text, errors.decode(errors="replace"))

    def test_ids_out_of_range(self):
        for role in ("client", "proposer", "learner"):
            for id in ("65536", "-1", "x", "1.5", "", "99999999999999999999"):
                with self.subTest(role=role, id=id):
                    code, _, errors = self.synod(role, id, self.conf, seconds=10)
                    self.assertEqual(code, 2)
                    self.assertTrue(errors)

    def test_acceptor_ids_name_the_configured_number(self):
        for id in ("0", "4", "65535"):
            self.refused("acceptor", id, self.conf, says=("3 acceptors are configured", "1 to 3"))
        self.refused("acceptor", "6", self.conf, "--acceptors", "5", says="5 acceptors are configured")
        self.configure("acceptors 7")
        self.refused("acceptor", "8", self.conf, says="7 acceptors are configured")

    def test_missing_and_unknown_arguments(self):
        self.refused(says="")
        self.refused("walk", says="walk")
        self.refused("client", says="id is required")
        self.refused("client", "1", says="conf is required")
        self.refused("client", "1", self.conf, "--fast", says="--fast")
        self.refused("client", "1", self.conf, "extra", says="extra")
        self.refused("learner", "1", self.conf, "--loss", "2", says="--loss")
        self.refused("learner", "1", self.conf, "--loss", "much", says="--loss")
        self.refused("acceptor", "1", self.conf, "--history", "much", says="expected 4096, 64K, 256MiB or 1G")
        self.refused("acceptor", "1", self.conf, "--history", "0", says="at least 1 MiB")
        self.refused("learner", "1", self.conf, "--loss", "nan", says="--loss")

    def test_bad_configurations_name_file_line_and_what_was_expected(self):
        self.conf.write_text("clients 239.1.2.3 5001\n\nproposers 300.1.1.1 x\n")
        self.refused("client", "1", self.conf,
                     says=(f"{self.conf}:3: 'proposers 300.1.1.1 x': '300.1.1.1' is not an IPv4 address",
                           "expected <role> <ip> <port>"))
        self.conf.write_text("")
        self.refused("client", "1", self.conf, says="no line for role 'client'")
        self.conf.write_bytes(bytes(range(256)) * 10)
        self.refused("client", "1", self.conf, says=f"{self.conf}:1:")
        self.refused("client", "1", self.directory / "none", says="No such file")
        self.refused("client", "1", self.directory, says="Is a directory")

    def test_an_interface_that_does_not_exist(self):
        code, _, errors = self.synod("acceptor", "1", self.conf, "--interface", "nosuch0", seconds=10)
        self.assertNotEqual(code, 0)
        self.assertIn(b"nosuch0", errors)

    def test_a_port_that_is_taken(self):
        port = int(self.conf.read_text().splitlines()[2].split()[2])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("", port))
            code, _, errors = self.synod("acceptor", "1", self.conf, seconds=10)
        self.assertNotEqual(code, 0)
        self.assertIn(str(port).encode(), errors)

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_a_configuration_without_permission(self):
        self.conf.chmod(0)
        self.refused("client", "1", self.conf, says="Permission denied")

    def test_the_scripts_name_the_command_that_builds(self):
        env = dict(self.env, SYNOD=str(self.directory / "unbuilt"))
        for script in ("acceptor", "proposer", "learner", "learn", "client"):
            done = subprocess.run([ROOT / f"{script}.sh", "1", self.conf], env=env, capture_output=True, timeout=10,
                                  check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn(b"scripts/setup.sh", done.stderr)

    def test_help_and_version_are_not_errors(self):
        for arguments in (["--help"], ["run", "--help"], ["check", "--help"], ["client", "--help"],
                          ["acceptor", "-h"]):
            code, output, _ = self.synod(*arguments)
            self.assertEqual(code, 0)
            self.assertIn(b"Examples:", output)
        code, output, _ = self.synod("--version")
        self.assertEqual((code, output.split()[0]), (0, b"synod"))

    def test_the_scripts_put_the_configuration_into_the_arguments_of_the_real_process(self):
        acceptor = self.start("acceptor", 1)
        learner = self.start("learn", 1)
        for process in (acceptor, learner):
            # The shell becomes the command at once: no event tells, so this looks until it is so. In between it has
            # no arguments at all.
            for _ in range(100000):
                became = os.readlink(f"/proc/{process.process.pid}/exe") == os.path.realpath(SYNOD)
                arguments = pathlib.Path(f"/proc/{process.process.pid}/cmdline").read_bytes().split(b"\0")
                if became and arguments != [b""]:
                    break
            self.assertIn(str(self.conf).encode(), arguments)
            self.assertIn(process.stop(), (0, -signal.SIGTERM))  # before it could handle the signal


if __name__ == "__main__":
    unittest.main()
