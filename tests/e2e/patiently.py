#!/usr/bin/env python3
"""patiently.py FILE: runs the tests of FILE, and those that fail up to twice more, by themselves.

They are of real processes in real time, and a virtual machine may stand still for seconds. So it first waits until
the machine is calm. What went wrong before a test passed is said in lines that begin with "passed later: "."""
import importlib.util
import pathlib
import sys
import time
import unittest

TRIES = 3
CALM_SECONDS = 2
PATIENCE_SECONDS = 60


def wait_for_calm():
    """Until this process has woken in time for a while."""
    began = calm_since = last = time.monotonic()
    while last - calm_since < CALM_SECONDS and last - began < PATIENCE_SECONDS:
        time.sleep(0.01)
        now = time.monotonic()
        if now - last > 0.1:
            calm_since = now
        last = now


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
    result = runner.run(loader.loadTestsFromModule(module))
    wrong = []
    for _ in range(TRIES - 1):
        if result.wasSuccessful():
            break
        wrong += result.failures + result.errors
        wait_for_calm()
        result = runner.run(loader.loadTestsFromNames(failed(result, module), module))
    if not result.wasSuccessful():
        return 1
    for test, trace in wrong:
        for line in [test.id(), *trace.splitlines()]:
            print("passed later:", line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
