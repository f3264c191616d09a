#!/usr/bin/env python3
"""synod plot: pictures of what synod run has measured; and the scripts of scripts/plotting, called by hand."""
import json
import re
import subprocess
import unittest

from harness import ROOT, ClusterTest

PLOTS = ("cdf", "cartesian", "throughput")


class Plot(ClusterTest):
    def run_cluster(self, *options):
        status, output, errors = self.synod("run", "-n", 2000, *options)
        self.assertEqual(status, 0, output + errors)

    def expect_pictures(self, directory):
        for plot in PLOTS:
            for kind, beginning in (("pdf", b"%PDF"), ("png", b"\x89PNG")):
                path = self.directory / directory / f"plot_{plot}.{kind}"
                self.assertTrue(path.read_bytes().startswith(beginning), path)
                self.assertGreater(path.stat().st_size, 4000, path)

    def rows(self, path):
        lines = (self.directory / path).read_text().splitlines()
        return [line.split() for line in lines if not line.startswith("#")]

    def test_the_last_run_is_drawn_into_its_directory(self):
        self.run_cluster()
        status, output, errors = self.synod("plot")
        self.assertEqual((status, errors), (0, b""))
        self.assertEqual(output.split(), [f"logs/plot_{plot}.{kind}".encode() for plot in PLOTS for kind in ("pdf", "png")])
        self.expect_pictures("logs")

    def test_several_runs_in_one_plot(self):
        self.run_cluster("--logs", "on")
        self.run_cluster("--logs", "it's off", "-b", 1)
        status, output, errors = self.synod("plot", "on", "it's off", "--out", "both")
        self.assertEqual((status, errors), (0, b""), output)
        self.expect_pictures("both")
        self.assertFalse((self.directory / "on/plot_cdf.pdf").exists())

    def test_the_scripts_are_called_by_hand_too(self):
        self.run_cluster("--logs", "logs")
        (self.directory / "scripts").symlink_to(ROOT / "scripts")
        for plot in PLOTS:
            done = subprocess.run(["gnuplot", f"scripts/plotting/{plot}.gp"], cwd=self.directory, capture_output=True,
                                  check=False, timeout=60)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))
        self.expect_pictures("logs")

    def test_a_kill_stands_on_the_axis_of_time(self):
        self.run_cluster("--rate", 4000, "--kill", "proposer:1@0.2s")
        events = self.rows("logs/plot_events.dat")
        self.assertIn(["proposer", "1", "killed"], [row[1:] for row in events])
        killed = next(float(row[0]) for row in events if row[3] == "killed")
        self.assertTrue(0.1 < killed < 0.4, events)
        self.assertEqual(self.synod("plot")[0], 0)

    def test_who_began_to_lead_is_told_even_before_the_first_submission(self):
        self.run_cluster()
        events = json.loads((self.directory / "logs/run.json").read_text())["events"]
        self.assertTrue(any(re.fullmatch("proposer [12] leads", event["what"]) for event in events), events)

    def test_what_is_plotted_is_what_was_measured(self):
        self.run_cluster("--rate", 4000)
        shares = [float(row[1]) for row in self.rows("logs/plot_cdf.dat")]
        self.assertEqual(shares, sorted(shares))
        self.assertEqual(shares[-1], 1.0)
        throughput = self.rows("logs/plot_throughput.dat")
        width = float(throughput[2][0]) - float(throughput[1][0])
        self.assertAlmostEqual(sum(float(row[1]) for row in throughput) * width, 4000, delta=1)
        self.assertTrue(all(float(row[0]) < 5 for row in self.rows("logs/plot_cartesian.dat")))

    def test_without_learners_the_clients_measure(self):
        self.run_cluster("-l", 0)
        self.assertEqual(self.synod("plot")[0], 0)
        self.expect_pictures("logs")

    def test_a_long_run_leaves_no_more_to_plot_than_a_short_one(self):
        status, _, errors = self.synod("run", "--duration", 2)
        self.assertEqual(status, 0, errors)
        self.assertLess(sum(path.stat().st_size for path in (self.directory / "logs").glob("plot_*.dat")), 400_000)

    def test_old_pictures_do_not_outlive_their_run(self):
        self.run_cluster()
        self.assertEqual(self.synod("plot")[0], 0)
        self.run_cluster()
        self.assertFalse(list((self.directory / "logs").glob("plot_*.p*")))


class Refusals(ClusterTest):
    def expect_refusal(self, *arguments, says, env=None):
        status, output, errors = self.synod("plot", *arguments, env=env)
        self.assertEqual((status, output), (2, b""), errors)
        self.assertIn(says, errors.decode())
        self.assertEqual(errors.count(b"\n"), 1, errors)

    def test_no_run_there(self):
        self.expect_refusal(says="nothing to plot in 'logs': it has no run.json")
        (self.directory / "empty").mkdir()
        self.expect_refusal("empty", says="expected a directory that 'synod run' wrote")

    def test_a_run_that_delivered_nothing(self):
        self.assertEqual(self.synod("run", "--down", 2, "--timeout", 1)[0], 0)
        self.expect_refusal(says="this run delivered nothing")

    def test_a_damaged_run(self):
        self.assertEqual(self.synod("run")[0], 0)
        (self.directory / "logs/plot_cdf.dat").unlink()
        self.expect_refusal(says="run 'synod run' once more")
        (self.directory / "logs/run.json").write_text("{")
        self.expect_refusal(says="cannot read 'logs/run.json'")

    def test_too_many_runs(self):
        self.expect_refusal(*"abcdefg", says="expected at most 6")

    def test_without_gnuplot_it_says_what_to_install(self):
        self.assertEqual(self.synod("run")[0], 0)
        nowhere = self.directory / "nowhere"
        nowhere.mkdir()
        self.expect_refusal(says="apt-get install gnuplot-nox", env=dict(self.env, PATH=str(nowhere)))


if __name__ == "__main__":
    unittest.main()
