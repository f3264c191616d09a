"""The library as others get it: installed, found by CMake and by pkg-config, and used by the programs of examples/library."""
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import unittest

from harness import ROOT, SYNOD, Process, free_ports

BUILD = os.environ.get("SYNOD_BUILD", str(pathlib.Path(SYNOD).parent))
EXAMPLES = ROOT / "examples/library"


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=250, **options)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(done.args)}\n{done.stdout}\n{done.stderr}")
    return done.stdout


class InstalledLibrary(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp(prefix="synod-library-"))
        cls.addClassCleanup(shutil.rmtree, cls.directory, ignore_errors=True)
        cls.prefix = cls.directory / "prefix"
        cls.examples = cls.directory / "examples"
        run("cmake", "--install", BUILD, "--prefix", cls.prefix)
        run("cmake", "-G", "Ninja", "-S", EXAMPLES, "-B", cls.examples, f"-DCMAKE_PREFIX_PATH={cls.prefix}")
        run("cmake", "--build", cls.examples)

    def start(self, example, member):
        process = Process([self.examples / example, member, *self.addresses], self.env, self.directory, subprocess.PIPE)
        self.addCleanup(process.close)
        return process

    def start_all(self, example):
        self.addresses = [f"127.0.0.1:{port}" for port in free_ports()[:3]]
        self.env = dict(os.environ, SYNOD_RUN_DIR=tempfile.mkdtemp(dir=self.directory))
        return [self.start(example, member) for member in (1, 2, 3)]

    def ask(self, process, line):
        """The line that the program prints in answer."""
        lines = process.lines
        process.feed(line.encode() + b"\n")
        self.assertTrue(process.wait_lines(lines + 1, 20), process.errors.decode())
        return process.learned()[-1].decode()

    def test_everybody_in_the_chat_sees_the_same_lines_in_the_same_order(self):
        members = self.start_all("chat")
        for k, member in enumerate(members):
            member.feed(b"".join(b"%d says %d\n" % (k, n) for n in range(50)))
        for member in members:
            self.assertTrue(member.wait_lines(150, 20), member.errors.decode())
        self.assertEqual(len(set(members[0].learned())), 150)
        for member in members:
            self.assertEqual(member.learned(), members[0].learned())
        for member in members:
            member.end_of_input()
            self.assertEqual(member.wait(10), 0)

    def test_the_counter_counts_what_was_added_anywhere(self):
        members = self.start_all("counter")
        for n in range(1, 31):
            self.assertEqual(self.ask(members[n % 3], "2"), str(2 * n))
            self.assertEqual(self.ask(members[(n + 1) % 3], ""), str(2 * n))

    def test_the_total_of_the_bank_never_changes_though_a_member_is_killed(self):
        members = self.start_all("bank")
        chance = random.Random(7)
        for n in range(60):
            if n == 30:
                members[0].kill()
            member = members[n % 3 if n < 30 else 1 + n % 2]
            order = f"{chance.randrange(11)} {chance.randrange(11)} {chance.randrange(150)}"
            self.assertIn(self.ask(member, order), ("done", "refused"))
            self.assertEqual(self.ask(member, ""), "1000")

    def test_one_that_comes_back_catches_up(self):
        members = self.start_all("counter")
        self.assertEqual(self.ask(members[0], "5"), "5")
        members[2].kill()
        self.assertEqual(self.ask(members[0], "5"), "10")
        members[2] = self.start("counter", 3)
        self.assertEqual(self.ask(members[2], ""), "10")

    def test_pkg_config_finds_the_library_wherever_it_was_put(self):
        moved = self.directory / "moved"
        shutil.copytree(self.prefix, moved)
        found = next(moved.rglob("synod.pc")).parent
        env = dict(os.environ, PKG_CONFIG_PATH=str(found))
        flags = run("pkg-config", "--cflags", "--libs", "synod", env=env).split()
        self.assertTrue(any(flag.startswith("-I") and str(moved) in os.path.realpath(flag[2:]) for flag in flags), flags)
        run("g++", "-std=c++20", EXAMPLES / "chat.cpp", "-o", moved / "chat", *flags)
        usage = subprocess.run([moved / "chat"], capture_output=True, text=True, timeout=10)
        self.assertEqual(usage.returncode, 2)
        self.assertIn("usage:", usage.stderr)

    def test_an_address_that_another_program_holds_is_named(self):
        members = self.start_all("chat")
        members[0].feed(b"hello\n")
        self.assertTrue(members[0].wait_lines(1, 20))
        second = self.start("chat", 1)
        self.assertEqual(second.wait(10), 1)
        self.assertIn(f"{self.addresses[0]} is in use".encode(), second.errors)


if __name__ == "__main__":
    unittest.main()
