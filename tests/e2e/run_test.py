#!/usr/bin/env python3
"""The main job, synod run, and synod check on what it leaves."""
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import threading
import unittest

from harness import ROOT, SYNOD, ClusterTest, Process


def processes_of(executable):
    """The processes that run an executable."""
    found = set()
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.readlink(entry / "exe") == os.path.realpath(executable):
                    found.add(int(entry.name))
            except OSError:
                continue
    return found


class RunTest(ClusterTest):
    def run_json(self, *options, status=0, seconds=60):
        code, output, errors = self.synod("run", "--json", *options, seconds=seconds)
        self.assertEqual(code, status, (output + errors).decode(errors="replace"))
        return json.loads(output)

    def learned(self, id=1):
        return (self.directory / f"logs/learner-{id}.learned").read_bytes().splitlines()

    def expect_ok(self, result, submitted):
        self.assertEqual(result["submitted"], submitted)
        self.assertEqual(result["delivered"], submitted)
        self.assertEqual((result["lost"], result["duplicated"], result["verdict"]), (0, 0, "ok"))


class Run(RunTest):
    def test_five_values_a_client_are_the_default(self):
        result = self.run_json()
        self.expect_ok(result, 10)
        self.assertGreater(result["seconds"], 0)
        self.assertGreater(result["values_per_second"], 0)
        self.assertGreater(result["megabytes_per_second"], 0)
        self.assertEqual(list(result["latency_us"])[:4], ["p50", "p99", "p999", "max"])
        self.assertGreater(result["latency_us"]["p50"], 0)
        self.assertEqual(len(self.learned()), 10)

    def test_many_values(self):
        for count in (100, 1000, 10000, 100000):
            with self.subTest(count=count):
                self.expect_ok(self.run_json("-n", count), 2 * count)

    def test_every_shape_of_cluster(self):
        for options, clients in ((["-c", 1], 1), (["-c", 5, "-p", 3, "-a", 5, "-l", 3], 5), (["-p", 1, "-a", 1], 2),
                                 (["-l", 1], 2), (["--batch", 1], 2), (["--no-direct-2b"], 2),
                                 (["--no-proactive-phase1"], 2), (["--ip", "239.255.3.4"], 2), (["-s", "0.05"], 2)):
            with self.subTest(options=options):
                self.expect_ok(self.run_json("-n", 200, *options), 200 * clients)

    def test_sizes(self):
        for size in (0, 1, 64, 1000, 8192, "64K"):
            with self.subTest(size=size):
                result = self.run_json("-n", 100, "--size", size)
                self.expect_ok(result, 200)
        self.assertEqual({len(value) for value in self.learned()}, {65536})

    def test_loss_duplication_and_reordering(self):
        self.expect_ok(self.run_json("-n", 1000, "--loss", "0.1"), 2000)
        self.expect_ok(self.run_json("-n", 1000, "--loss", "0.1", "--duplicate", "0.1", "--reorder", "0.1", "--seed", 7),
                       2000)

    def test_one_acceptor_down_changes_nothing(self):
        self.expect_ok(self.run_json("-n", 1000, "--down", 1), 2000)

    def test_two_acceptors_down_are_expected_to_deliver_nothing(self):
        for down in (2, 3):
            result = self.run_json("-n", 100, "--down", down, "--timeout", 1)
            self.assertEqual((result["delivered"], result["verdict"]), (0, "ok"))

    def test_catch_up(self):
        self.expect_ok(self.run_json("-n", 1000, "--catchup"), 2000)
        self.expect_ok(self.run_json("-n", 1000, "--catchup", "-c", 1), 1000)

    def test_without_learners_clients_measure(self):
        result = self.run_json("-n", 1000, "-l", 0)
        self.expect_ok(result, 2000)
        self.assertGreater(result["latency_us"]["p50"], 0)

    def test_real_lines_are_dealt_among_the_clients(self):
        lines = (ROOT / "LICENSE").read_bytes().splitlines()
        result = self.run_json("--input", ROOT / "LICENSE", "-c", 3)
        self.expect_ok(result, len(lines))
        self.assertEqual(sorted(self.learned()), sorted(lines))
        self.assertEqual((self.directory / "logs/client-2.submitted").read_bytes().splitlines(), lines[1::3])
        (self.directory / "empty").write_bytes(b"")
        self.expect_ok(self.run_json("--input", "empty"), 0)

    def test_a_killed_acceptor_or_proposer_loses_nothing(self):
        for victim in ("acceptor:2", "proposer:1", "proposer:2"):
            with self.subTest(victim=victim):
                result = self.run_json("-n", 20000, "--rate", 20000, "--kill", f"{victim}@0.3s")
                self.expect_ok(result, 40000)
                self.assertEqual(len(result["killed"]), 1)

    def test_who_leads_can_be_killed_whoever_it_is(self):
        for options in (("--leader", "bully"), ("--leader", "lowest-id", "--leader-suspect", "100ms")):
            with self.subTest(options=options):
                result = self.run_json("-n", 2000, "--rate", 4000, "--kill", "leader@0.2s", *options)
                self.expect_ok(result, 4000)
                highest = options[1] == "bully"
                self.assertEqual([(one["role"], one["id"]) for one in result["killed"]], [("proposer", 2 if highest else 1)])

    def test_a_killed_client_leaves_a_prefix(self):
        result = self.run_json("-n", 40000, "--rate", 20000, "--kill", "client:2@1s")
        self.assertEqual(result["verdict"], "ok")
        self.assertGreater(result["delivered"], 40000)
        self.assertLess(result["delivered"], 80000)
        self.assertEqual(self.synod("check")[0], 0)

    def test_a_killed_learner_leaves_a_prefix(self):
        result = self.run_json("-n", 20000, "--rate", 20000, "--kill", "learner:2@0.3s")
        self.expect_ok(result, 40000)
        self.assertLess(len(self.learned(2)), 40000)
        self.assertEqual(self.synod("check")[0], 0)

    def test_two_killed_acceptors_make_it_incomplete_and_nothing_wrong(self):
        result = self.run_json("-n", 20000, "--rate", 20000, "--kill", "acceptor:1@0.3s", "--kill", "acceptor:3@0.3s",
                               "--timeout", 2, status=3)
        self.assertEqual(result["verdict"], "incomplete")
        self.assertGreater(result["lost"], 0)
        self.assertEqual(result["duplicated"], 0)
        self.assertEqual(self.synod("check")[0], 3)

    def test_for_a_duration_with_every_value_verified(self):
        for options in ([], ["--loss", "0.05"], ["--size", "8K", "-c", 1], ["--kill", "proposer:1@0.4s"], ["-l", 0]):
            with self.subTest(options=options):
                result = self.run_json("--duration", 1, *options)
                self.assertEqual(result["verdict"], "ok")
                self.assertGreater(result["delivered"], 1000)
                self.assertEqual(result["delivered"], result["submitted"])
        self.assertFalse(list((self.directory / "logs").glob("*.learned")))

    def test_rates(self):
        result = self.run_json("--duration", 1, "--rate", 1000)
        self.assertTrue(1500 < result["delivered"] <= 2100, result["delivered"])
        result = self.run_json("-n", 500, "--rate", 1000)
        self.assertTrue(0.4 < result["seconds"] < 1.5, result["seconds"])
        result = self.run_json("--duration", 1, "-c", 1, "--rate", 1000, "--latency-from", 0.5)
        self.assertTrue(100 < result["latency_us"]["samples"] / result["options"]["learners"] < 900, result)

    def test_a_table_for_people(self):
        status, output, errors = self.synod("run", "-n", 10)
        self.assertEqual((status, errors), (0, b""))
        for word in (b"submitted", b"delivered", b"lost", b"duplicated", b"elections", b"values/s", b"MB/s", b"p50", b"p99.9",
                     b"max", b"verdict    ok"):
            self.assertIn(word, output)
        self.assertNotIn(b"\x1b", output)

    def test_files_stay_where_they_are_asked_for(self):
        self.expect_ok(self.run_json("-n", 10, "--logs", "my/logs"), 20)
        names = {path.name for path in (self.directory / "my/logs").iterdir()}
        self.assertLessEqual({"paxos.conf", "run.json", "client-1.submitted", "learner-2.learned", "acceptor-3.log"},
                             names)
        self.assertEqual(self.synod("check", "my/logs")[0], 0)
        self.assertEqual(json.loads((self.directory / "my/logs/run.json").read_text())["submitted"], 20)

    def test_runs_side_by_side_do_not_mix(self):
        results = {}

        def run(name):
            results[name] = self.synod("run", "--json", "-n", 5000, "--logs", name)

        threads = [threading.Thread(target=run, args=(f"logs{i}",)) for i in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for status, output, errors in results.values():
            self.assertEqual(status, 0, output + errors)
            self.expect_ok(json.loads(output), 10000)


class Patience(RunTest):
    def test_a_run_that_waits_by_its_own_options_makes_progress(self):
        for options in (["-c", 1, "-n", 2, "--rate", 1, "--timeout", 0.4], ["--sleep", 0.3, "--timeout", 0.2]):
            with self.subTest(options=options):
                self.assertEqual(self.run_json(*options)["verdict"], "ok")

    def test_a_kill_that_came_too_late_is_mentioned(self):
        result = self.run_json("-n", 100, "--kill", "acceptor:2@60s")
        self.assertEqual(result["verdict"], "ok")
        self.assertEqual(result["killed"], [])
        self.assertIn("acceptor 2 was to be killed after 60 s", result["findings"][0])

    def test_a_result_that_cannot_be_kept_is_an_error(self):
        (self.directory / "logs/run.json/in the way").mkdir(parents=True)
        status, _, errors = self.synod("run", "-n", 10)
        self.assertEqual(status, 2)
        self.assertIn(b"run.json", errors)


class Interruption(RunTest):
    def test_ctrl_c_leaves_no_process_behind(self):
        before = processes_of(SYNOD)
        run = subprocess.Popen([SYNOD, "run", "--duration", "60"], cwd=self.directory, env=self.env,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(run.kill)
        log = self.directory / "logs/client-2.log"
        while not log.exists():
            self.assertIsNone(run.poll())
        run.send_signal(signal.SIGINT)
        _, errors = run.communicate(timeout=10)
        self.assertEqual(run.returncode, 130)
        self.assertIn(b"interrupted", errors)
        self.assertEqual(processes_of(SYNOD) - before, set())

    def test_a_killed_runner_takes_its_processes_along(self):
        before = processes_of(SYNOD)
        run = subprocess.Popen([SYNOD, "run", "--duration", "60"], cwd=self.directory, env=self.env,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not (self.directory / "logs/client-2.log").exists():
            self.assertIsNone(run.poll())
        left = processes_of(SYNOD) - before - {run.pid}
        self.assertTrue(left)
        pidfds = [os.pidfd_open(pid) for pid in left]
        run.kill()
        run.wait()
        for pidfd in pidfds:
            self.assertTrue(select.select([pidfd], [], [], 5)[0], "a process lives on")
            os.close(pidfd)

    def test_a_process_that_dies_by_itself_ends_the_run_and_is_named(self):
        run = subprocess.Popen([SYNOD, "run", "--duration", "60"], cwd=self.directory, env=self.env,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(run.kill)
        while not (self.directory / "logs/client-2.log").exists():
            self.assertIsNone(run.poll())
        children = pathlib.Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)  # acceptor 1
        output, _ = run.communicate(timeout=20)
        self.assertEqual(run.returncode, 3)
        self.assertIn(b"acceptor 1 ended by itself: killed by signal 9", output)
        self.assertIn(b"logs/acceptor-1.log", output)


class BadOptions(RunTest):
    def test_are_named(self):
        for options, says in ((["--down", 4], "--down 4"), (["--ip", "10.0.0.1"], "multicast"), (["-a", 16], "16"),
                              (["-c", 0], "0"), (["--kill", "acceptor:9@1s"], "acceptor:9"),
                              (["--kill", "acceptor"], "expected acceptor:2@0.5s"),
                              (["--kill", "leader"], "leader@0.5s"), (["--loss", 2], "--loss"),
                              (["--input", "none"], "No such file"), (["--input", "."], "directory"),
                              (["-n", 5, "--duration", 1], "--duration"), (["--timeout", 0], "--timeout"),
                              (["--latency-from", 1], "--duration"),
                              (["--latency-from", 1, "--duration", 1], "not before the end of --duration 1"),
                              (["--logs", "/proc/none"], "/proc/none"), (["-n", "x"], "x"), (["extra"], "extra"),
                              (["-n", -1], "-1"), (["--loss", "nan"], "--loss"), (["--rate", "nan"], "--rate"),
                              (["--seed", -1], "-1"), (["--batch", "0x1"], "0x1"), (["--down", "1x"], "--down"), (["--size", "65M"], "64 MiB"), (["--size", 2 ** 64 - 1], "64 MiB"),
                              (["--history", 0], "at least 1M"), (["--interface", "none9"], "none9"),
                              (["--interface", ""], "--interface")):
            with self.subTest(options=options):
                status, output, errors = self.synod("run", *options)
                self.assertEqual((status, output), (2, b""), errors)
                self.assertIn(says, errors.decode())


class Surroundings(RunTest):
    def test_a_run_leaves_nothing_where_its_processes_met(self):
        self.run_json()
        self.assertEqual(list((self.directory / "run").iterdir()), [])

    def test_what_cannot_be_printed_is_an_error(self):
        for command in (["run"], ["check"], ["check", "--json"], ["--help"], ["sim", "--seed", "1"]):
            with self.subTest(command=command), open("/dev/full", "wb") as full:
                done = subprocess.run([SYNOD, *command], stdout=full, stderr=subprocess.PIPE, timeout=60,
                                      cwd=self.directory, env=self.env, check=False)
                self.assertEqual(done.returncode, 1)
                self.assertIn(b"standard output", done.stderr)

    def test_streams_that_the_caller_closed_harm_no_process(self):
        done = subprocess.run(["bash", "-c", '"$SYNOD" run <&- >&- 2>&-'], timeout=60, cwd=self.directory,
                              env=self.env, check=False)
        self.assertEqual(done.returncode, 1)  # it could not print its table
        self.assertEqual(json.loads((self.directory / "logs/run.json").read_text())["verdict"], "ok")


class Check(RunTest):
    def write(self, name, text):
        path = self.directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text)
        return path

    def check(self, *arguments):
        status, output, errors = self.synod("check", *arguments)
        return status, (output + errors).decode()

    def test_of_a_run_again(self):
        self.run_json("-n", 1000)
        status, text = self.check()
        self.assertEqual(status, 0, text)
        self.assertIn("verdict     ok", text)

    def test_of_planted_faults_in_a_run(self):
        self.run_json("-n", 100)
        path = self.directory / "logs/learner-2.learned"
        good = path.read_bytes().splitlines(keepends=True)
        for faulty, status, says in ((good[:50] + good[51:], 1, "disagree"), (good + [good[3]], 1, "more often"),
                                     (good[:-1], 3, "missing there"), (good[:9] + [b"x\n"] + good[10:], 1, "'x'"),
                                     (good[1::-1] + good[2:], 1, "disagree"), ([], 3, "learner-2.learned ends after 0")):
            path.write_bytes(b"".join(faulty))
            code, text = self.check()
            self.assertEqual(code, status, text)
            self.assertIn(says, text)

    def test_of_files_by_name(self):
        a, b = self.write("a", b"1\n2\n"), self.write("b", b"x\n")
        l, m = self.write("l", b"1\nx\n2\n"), self.write("m", b"1\nx\n2")
        self.assertEqual(self.check("--submitted", a, b, "--learned", l, m)[0], 0)
        status, output, _ = self.synod("check", "--submitted", a, "--learned", l, "--json")
        self.assertEqual(status, 1)
        result = json.loads(output)
        self.assertEqual((result["foreign"], result["verdict"]), (1, "violated"))

    def test_of_nothing_is_an_error(self):
        for arguments in ([], ["none"], ["--submitted", "x"], ["--submitted", "x", "--learned", "y"]):
            status, text = self.check(*arguments)
            self.assertEqual(status, 2, text)
            self.assertTrue(text)


class Scripts(RunTest):
    def script(self, name, *arguments):
        done = subprocess.run([ROOT / name, *map(str, arguments)], cwd=self.directory, env=self.env, capture_output=True,
                              timeout=60, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def test_of_the_course_run(self):
        for arguments in (("run.sh", 100), ("run.sh", "MyPaxos", 100), ("run.sh", 100, "-c", 3, "--loss", "0.05"),
                          ("run_2acceptor.sh", 100), ("run_loss.sh", "MyPaxos", 100), ("run_catch_up.sh", 100)):
            with self.subTest(arguments=arguments):
                status, output, errors = self.script(*arguments)
                self.assertEqual(status, 0, output + errors)
                self.assertIn("verdict    ok", output)
        status, output, errors = self.script("run_1acceptor.sh", 100)
        self.assertEqual(status, 0, output + errors)
        self.assertRegex(output, r"delivered +0 ")

    def test_without_a_number_say_how_they_are_used(self):
        for name in ("run.sh", "run_2acceptor.sh", "run_1acceptor.sh", "run_loss.sh", "run_catch_up.sh"):
            for arguments in ((), ("MyPaxos",), ("MyPaxos", "many"), ("-c", 3)):
                status, _, errors = self.script(name, *arguments)
                self.assertEqual(status, 2)
                self.assertIn(f"usage: ./{name} [DIR] N", errors)

    def test_clean_up_stops_the_processes_of_its_own_checkout_and_no_others(self):
        checkout = self.directory / "checkout"
        shutil.copytree(ROOT / "scripts", checkout / "scripts")
        (checkout / "build/release").mkdir(parents=True)
        shutil.copy(ROOT / "clean.sh", checkout)
        executable = shutil.copy(SYNOD, checkout / "build/release/synod")
        own = [Process([executable, "acceptor", id, self.conf], self.env, self.directory) for id in (1, 2)]
        other = Process([SYNOD, "acceptor", 3, self.conf], self.env, self.directory)
        for process in (*own, other):
            self.addCleanup(process.close)
        done = subprocess.run([checkout / "clean.sh"], env=self.env, capture_output=True, timeout=30, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, b"stopped 2 processes\n"), done.stderr)
        for process in own:
            self.assertIsNotNone(process.wait(5))
        self.assertIsNone(other.process.poll())
        done = subprocess.run([checkout / "clean.sh"], env=self.env, capture_output=True, timeout=30, check=False)
        self.assertEqual(done.stdout, b"nothing runs\n")

    def test_run_and_check(self):
        self.assertEqual(self.script("scripts/run.sh", "-n", 10)[0], 0)
        self.assertEqual(self.script("scripts/check.sh")[0], 0)


if __name__ == "__main__":
    unittest.main()
