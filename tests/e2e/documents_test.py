#!/usr/bin/env python3
"""Every command in the documents is run, in a copy of this checkout; links lead somewhere.

Commands stand in fenced blocks that say `sh`. Each block is one script, which must succeed. What cannot be run here is
marked in the block itself, in a comment that readers see, too:

    # not run by the tests: <why>

As a line of its own it speaks of the rest of the block, behind a command of that line.
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

from harness import ROOT, SYNOD

MARK = re.compile(r"#.*\bnot run by the tests: (\S.*)")
COMMAND = re.compile(r"(?:\$ )?(?:synod|(?:\./|scripts/)[\w./-]+\.sh|apt-get|gnuplot|cmake|sysctl)(?:\s|$)")
NOT_RUN_MAX = 14
BLOCK_SECONDS = 120


def documents():
    found = [ROOT / "README.md", ROOT / "DESIGN.md", ROOT / "tests/scenarios/README.md", *(ROOT / "docs").rglob("*.md")]
    return sorted(path for path in found if path.exists())


def blocks(path):
    """The fenced blocks of a document: the line they begin in, what they say they are, their lines."""
    inside = None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith("```"):
            if inside is None:
                inside = (number, line[3:].strip(), [])
            else:
                yield inside
                inside = None
        elif inside is not None:
            inside[2].append(line)


def runnable(lines):
    """The lines that are to be run, and those that are not, each with the reason."""
    run, left_out = [], []
    reason = None
    for line in lines:
        mark = MARK.search(line)
        if mark and line.lstrip().startswith("#"):
            reason = mark[1]
        elif mark or reason:
            left_out.append((line.strip(), mark[1] if mark else reason))
        else:
            run.append(line)
    return run, [entry for entry in left_out if entry[0]]


class Documents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp(prefix="synod-documents-"))
        cls.addClassCleanup(shutil.rmtree, cls.directory, ignore_errors=True)
        cls.checkout = cls.directory / "synod"
        shutil.copytree(ROOT, cls.checkout, ignore=shutil.ignore_patterns(".git", "build", "logs", "corpus", "__pycache__"))
        executable = cls.checkout / "build/release/synod"
        executable.parent.mkdir(parents=True)
        shutil.copy2(SYNOD, executable)
        cls.env = dict(os.environ, SYNOD=str(executable), SYNOD_RUN_DIR=str(cls.directory / "run"),
                       PATH=f"{executable.parent}:{os.environ['PATH']}")

    def run_block(self, lines):
        """Runs a script to its end, with all that it starts; its status and what it printed."""
        script = "set -euo pipefail\n" + "\n".join(lines) + "\n"
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(["bash", "-c", script], cwd=self.checkout, env=self.env, stdin=subprocess.DEVNULL,
                                       stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
            try:
                status = process.wait(BLOCK_SECONDS)
            except subprocess.TimeoutExpired:
                status = f"it takes longer than {BLOCK_SECONDS} seconds"
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
            output.seek(0)
            return status, output.read().decode(errors="replace")

    def test_every_command_succeeds_or_says_why_it_is_not_run(self):
        run_count, not_run = 0, []
        for path in documents():
            for number, language, lines in blocks(path):
                if language != "sh":
                    continue
                place = f"{path.relative_to(ROOT)}:{number}"
                run, left_out = runnable(lines)
                not_run += [(place, *entry) for entry in left_out]
                if not run:
                    continue
                run_count += sum(1 for line in run if line.strip() and not line.lstrip().startswith("#"))
                with self.subTest(place=place):
                    status, output = self.run_block(run)
                    self.assertEqual(status, 0, "\n".join(run) + "\n" + output[-3000:])
        print(f"{run_count} commands were run, {len(not_run)} were not:")
        for place, command, reason in not_run:
            print(f"  {place}: {command}  ({reason})")
        self.assertGreater(run_count, 50)
        self.assertLessEqual(len(not_run), NOT_RUN_MAX)

    def test_no_command_hides_in_a_block_that_is_not_run(self):
        for path in documents():
            for number, language, lines in blocks(path):
                if language != "sh":
                    for line in lines:
                        self.assertIsNone(COMMAND.match(line), f"{path.relative_to(ROOT)}:{number}: {line}")
            fenced = False
            for number, line in enumerate(path.read_text().splitlines(), 1):
                fenced ^= line.startswith("```")
                if not fenced and line.startswith("    "):
                    self.assertIsNone(COMMAND.match(line.strip()), f"{path.relative_to(ROOT)}:{number}: {line}")

    def test_links_and_pictures_are_there(self):
        for path in documents():
            text = re.sub(r"```.*?```", "", path.read_text(), flags=re.S)
            for target in re.findall(r"\]\(\s*([^)#\s]+)[^)]*\)", text):
                if "://" not in target:
                    self.assertTrue((path.parent / target).exists(), f"{path.relative_to(ROOT)}: {target}")


class Marks(unittest.TestCase):
    def test_a_mark_behind_a_command_is_of_that_line_one_by_itself_of_the_rest(self):
        run, left_out = runnable(["synod run", "synod sim  # not run by the tests: slow", "synod check",
                                  "# not run by the tests: far away", "ssh there", "", "ssh elsewhere"])
        self.assertEqual(run, ["synod run", "synod check"])
        self.assertEqual(left_out, [("synod sim  # not run by the tests: slow", "slow"), ("ssh there", "far away"),
                                    ("ssh elsewhere", "far away")])


if __name__ == "__main__":
    unittest.main()
