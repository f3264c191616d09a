#!/usr/bin/env python3
"""Every command in the documents is run, in a copy of this checkout; options that the text names exist; links lead
somewhere.

Commands stand in fenced blocks that say `sh`. Each block is one script, which must succeed. Of these things the reader
need not know:

- `--minutes N` lasts six seconds here.
- What `sysctl -w` changes is put back.
- A block whose comments say `# on machine 1`, `# on machine 2`... and `# on each machine` is for several machines: they
  are made, as network namespaces, each with a checkout of its own.

The last two need root; a test that cannot do them says so, and is skipped.
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

from harness import ROOT, SYNOD

sys.path.insert(0, str(ROOT / "bench"))
from wire import Wire  # pylint: disable=wrong-import-position

MACHINE = re.compile(r"# on (?:machine (\d)|each machine)$")
MINUTES = re.compile(r"--minutes \d+")
SYSCTL = re.compile(r"^sysctl -w ([\w.]+)=")
COMMAND = re.compile(r"(?:\$ )?(?:synod|(?:\./|scripts/)[\w./-]+\.sh|apt-get|gnuplot|cmake|sysctl)(?:\s|$)")
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z0-9-]*")
BLOCK_SECONDS = 120


def documents():
    found = [ROOT / "README.md", ROOT / "DESIGN.md", ROOT / "tests/scenarios/README.md", *(ROOT / "docs").rglob("*.md")]
    return sorted(path for path in found if path.exists())


def blocks(path):
    """The fenced blocks of a document: where they begin, what they say they are, their lines."""
    inside = None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith("```"):
            if inside is None:
                inside = (f"{path.relative_to(ROOT)}:{number}", line[3:].strip(), [])
            else:
                yield inside
                inside = None
        elif inside is not None:
            inside[2].append(line)


def scripts():
    """The blocks that are to be run."""
    for path in documents():
        for place, language, lines in blocks(path):
            if language == "sh":
                yield place, lines


def by_machine(lines):
    """The parts of a block, in their order, each with the number of its machine; None: on each."""
    parts = []
    for line in lines:
        if mark := MACHINE.match(line):
            parts.append((mark[1], []))
        else:
            parts[-1][1].append(line)
    return parts


def inline_code(path):
    """What stands between backticks in the text of a document."""
    text = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.S | re.M)
    return [re.sub(r"\s+", " ", code) for code in re.findall(r"`([^`]+)`", text)]


class Sysctl:
    """Settings of the kernel that a block changes, and that are put back."""

    def __init__(self, lines):
        names = [mark[1] for line in lines if (mark := SYSCTL.match(line))]
        self.paths = [pathlib.Path("/proc/sys", name.replace(".", "/")) for name in names]

    def lacks(self):
        """Why they cannot be changed here, or None."""
        for path in self.paths:
            try:
                path.write_text(path.read_text())
            except OSError as error:
                return f"{path} cannot be changed: {error.strerror}"
        return None

    def __enter__(self):
        self.before = [path.read_text() for path in self.paths]

    def __exit__(self, *_):
        for path, text in zip(self.paths, self.before):
            path.write_text(text)


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

    def start(self, lines, output, checkout=None, prefix=()):
        """A script, and later all that it starts, in a process group of its own."""
        script = MINUTES.sub("--minutes 0.1", "set -euo pipefail\n" + "\n".join(lines) + "\n")
        return subprocess.Popen([*prefix, "bash", "-c", script], cwd=checkout or self.checkout, env=self.env,
                                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)

    def expect_success(self, process, lines, output):
        try:
            status = process.wait(BLOCK_SECONDS)
        except subprocess.TimeoutExpired:
            status = f"it takes longer than {BLOCK_SECONDS} seconds"
        output.seek(0)
        self.assertEqual(status, 0, "\n".join(lines) + "\n" + output.read().decode(errors="replace")[-3000:])

    @staticmethod
    def end(process):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()

    def run_block(self, lines):
        with tempfile.TemporaryFile() as output:
            process = self.start(lines, output)
            try:
                self.expect_success(process, lines, output)
            finally:
                self.end(process)

    def run_on_machines(self, parts):
        numbers = sorted({number for number, _ in parts if number})
        wire = Wire(numbers)
        self.addCleanup(wire.close)
        checkouts = {number: self.directory / f"machine-{number}" for number in numbers}
        for checkout in checkouts.values():
            shutil.copytree(self.checkout, checkout)
        with tempfile.TemporaryFile() as output:
            processes = []
            try:
                for machine, lines in parts:
                    for number in [machine] if machine else numbers:
                        processes.append(self.start(lines, output, checkouts[number], wire.prefix(number)))
                        self.expect_success(processes[-1], lines, output)
            finally:
                for process in processes:
                    self.end(process)

    def run_or_skip(self, lines):
        sysctl = Sysctl(lines)
        several = any(MACHINE.match(line) for line in lines)
        if lacks := (Wire.lacks() if several else sysctl.lacks()):
            self.skipTest(lacks)
        with sysctl:
            if several:
                self.run_on_machines(by_machine(lines))
            else:
                self.run_block(lines)

    def test_every_command_succeeds(self):
        count = 0
        for place, lines in scripts():
            count += sum(1 for line in lines if line.strip() and not line.lstrip().startswith("#"))
            with self.subTest(place=place):
                self.run_or_skip(lines)
        print(f"{count} commands")
        self.assertGreater(count, 50)

    def test_no_command_hides_in_a_block_that_is_not_run(self):
        for path in documents():
            for place, language, lines in blocks(path):
                if language != "sh":
                    for line in lines:
                        self.assertIsNone(COMMAND.match(line), f"{place}: {line}")
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


class Text(unittest.TestCase):
    """Commands and options that the text names between backticks."""

    @classmethod
    def setUpClass(cls):
        cls.commands = re.findall(r"^  ([a-z]+) ", cls.help_of().split("Subcommands:")[1].split("\n\n")[0], re.M)
        cls.helps = {f"synod {command}": cls.help_of(command) for command in cls.commands}
        cls.helps["synod"] = cls.help_of()
        # A script says in its first lines what it takes, and those at the root hand on what a role or a run takes.
        for script in [*ROOT.glob("*.sh"), *(ROOT / "scripts").glob("*.sh")]:
            comment = re.match(r"(?:#.*\n)+", script.read_text())[0]
            handed_on = re.search(r"--help|synod (\w+)|OPTIONS", comment) and script.parent == ROOT
            cls.helps[str(script.relative_to(ROOT))] = comment + ("".join(cls.helps.values()) if handed_on else "")

    @staticmethod
    def help_of(*command):
        return subprocess.run([SYNOD, *command, "--help"], check=True, capture_output=True, text=True).stdout

    def command_in(self, code):
        """Which command it calls, by its name in `helps`; None: it is none of ours."""
        words = code.removeprefix("./").split()
        if words[0] == "synod" and len(words) > 1 and re.fullmatch(r"[a-z]+", words[1]):
            return f"synod {words[1]}"
        return words[0] if words[0] == "synod" or re.fullmatch(r"(?:scripts/)?\w+\.sh", words[0]) else None

    def test_every_command_and_option_that_is_named_exists(self):
        commands = options = 0
        for path in documents():
            for code in inline_code(path):
                place = f"{path.relative_to(ROOT)}: `{code}`"
                command = self.command_in(code)
                if command:
                    commands += 1
                    self.assertIn(command, self.helps, place)
                elif not code.startswith("-"):
                    continue
                known = set(OPTION.findall(self.helps[command] if command else "".join(self.helps.values())))
                named = OPTION.findall(code)
                options += len(named)
                self.assertLessEqual(set(named), known, place)
        print(f"{commands} commands in the text, {options} options")
        self.assertGreater(commands, 50)
        self.assertGreater(options, 30)

    # A value that an option does not take is an error before the help is printed.
    def test_every_whole_command_takes_its_values(self):
        count = 0
        for path in documents():
            for code in inline_code(path):
                if not code.startswith("synod ") or re.search(r"[A-Z\[|]|\.\.\.|/", code):
                    continue
                command, *arguments = code.split()[1:]
                done = subprocess.run([SYNOD, command, "--help", *arguments], check=False, capture_output=True, text=True)
                if "required" in done.stderr:  # it names an option, and no value: not the whole command
                    continue
                count += 1
                self.assertEqual(done.returncode, 0, f"{path.relative_to(ROOT)}: `{code}`\n{done.stderr}")
        self.assertGreater(count, 10)


class Blocks(unittest.TestCase):
    def test_a_block_for_several_machines_is_told_apart(self):
        self.assertEqual(by_machine(["# on each machine", "a", "# on machine 2", "b", "", "c", "# on machine 1", "d"]),
                         [(None, ["a"]), ("2", ["b", "", "c"]), ("1", ["d"])])


if __name__ == "__main__":
    unittest.main()
