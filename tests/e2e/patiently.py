#!/usr/bin/env python3
"""patiently.py FILE: runs the tests of FILE, and those that fail up to twice more, by themselves, if the machine stood
still meanwhile.

They are of real processes in real time, and a virtual machine may not run for seconds. So it first waits until the
machine is calm. Where the machine ran all the time, what fails has failed. What went wrong before a test passed is
said in lines that begin with "passed later: "."""
import importlib.util
import os
import pathlib
import sys
import threading
import time
import unittest

TRIES = 3
STILL_SECONDS = 0.1  # too late to wake, or stolen from the processors
CALM_SECONDS = 2
PATIENCE_SECONDS = 60


def stolen_seconds():
    """What the host has taken from the processors of this machine so far (proc(5), stat)."""
    fields = pathlib.Path("/proc/stat").read_text(encoding="ascii").split()
    return int(fields[8]) / os.sysconf("SC_CLK_TCK")


class Watch:
    """Sees when the machine stood still last."""

    def __init__(self):
        self.still_at = time.monotonic()
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self):
        last, stolen = time.monotonic(), stolen_seconds()
        while True:
            time.sleep(0.05)
            now, stolen_now = time.monotonic(), stolen_seconds()
            if now - last > STILL_SECONDS:
                self.still_at = now
            if stolen_now - stolen > STILL_SECONDS:
                self.still_at, stolen = now, stolen_now
            last = now

    def wait_for_calm(self):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < min(deadline, self.still_at + CALM_SECONDS):
            time.sleep(0.1)


def load(path):
    # Its neighbours are to be found, as when it is run by itself.
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def failed(result, module):
    """Names within the module; all of it, when what prepares the tests failed."""
    names = []
    for test, _ in result.failures + result.errors:
        test = getattr(test, "test_case", test)  # of a subtest
        if not isinstance(test, unittest.TestCase):
            return [name for name, member in vars(module).items()
                    if isinstance(member, type) and member.__module__ == module.__name__
                    and issubclass(member, unittest.TestCase)]
        names.append(test.id().removeprefix(module.__name__ + "."))
    return list(dict.fromkeys(names))


def main():
    module = load(pathlib.Path(sys.argv[1]).resolve())
    loader, runner = unittest.defaultTestLoader, unittest.TextTestRunner()
    watch = Watch()
    began = time.monotonic()
    result = runner.run(loader.loadTestsFromModule(module))
    wrong = []
    for _ in range(TRIES - 1):
        if result.wasSuccessful() or watch.still_at <= began:
            break
        wrong += result.failures + result.errors
        watch.wait_for_calm()
        began = time.monotonic()
        result = runner.run(loader.loadTestsFromNames(failed(result, module), module))
    if not result.wasSuccessful():
        return 1
    for test, trace in wrong:
        for line in [test.id(), *trace.splitlines()]:
            print("passed later:", line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
