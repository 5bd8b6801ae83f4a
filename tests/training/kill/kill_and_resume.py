#!/usr/bin/env python3
"""Kills a program that trains at its system calls, and lets these fail: what it had saved stays whole,
and the next start ends with the same bits as a training that nobody disturbed.

usage: kill_and_resume.py TRAINER [--kills N] [--faults N]
"""
import argparse
import collections
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

SKIPPED = 77
EPOCHS = "2"
# What can happen to the calls of a save.
FAULTS = {
    "openat": ["ENOSPC", "EIO", "EINTR", "EMFILE"],
    "write": ["ENOSPC", "EIO", "EINTR"],
    "writev": ["ENOSPC", "EIO", "EINTR"],
    "fsync": ["ENOSPC", "EIO", "EINTR"],
    "linkat": ["ENOSPC", "EIO", "EINTR"],
    "rename": ["ENOSPC", "EIO", "EINTR"],
    "close": ["EIO"],
    "unlink": ["EIO"],
    "unlinkat": ["EIO"],
}


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, **options)


class Trial:
    """A folder with a checkpoint of one epoch, in which the second is trained."""

    def __init__(self, trainer, base):
        self.trainer = trainer
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="gradus_test_"))
        self.folder = self.root / "kept"
        shutil.copytree(base, self.folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.root)

    def train(self, strace=(), threads="1"):
        prefix = ["strace", "-qq", "-o", str(self.root / "trace"), *strace] if strace else []
        return run([*prefix, str(self.trainer), str(self.folder), EPOCHS, threads])

    def trace(self):
        return (self.root / "trace").read_text(errors="replace").splitlines()

    def temporary_files(self):
        return [name for name in os.listdir(self.folder) if name.endswith(".tmp")]


def calls_of_saves(trial):
    """The calls from the first save to the last, in order: (name, which of this name it is, from 1 on)."""
    result = trial.train(["-e", "trace=all"])
    assert result.returncode == 0, result.stderr
    lines = [line for line in trial.trace() if re.match(r"\w+\(", line)]
    first = next(i for i, line in enumerate(lines) if "O_TMPFILE" in line or "O_CREAT" in line)
    last = max(i for i, line in enumerate(lines) if re.match(r"rename|unlink", line))
    counts, calls = collections.Counter(), []
    for i, line in enumerate(lines):
        name = line.split("(")[0]
        counts[name] += 1
        if first <= i <= last:
            calls.append((name, counts[name]))
    return calls


def inject(name, what, when):
    return ["-e", f"trace={name}", "-e", f"inject={name}:{what}:when={when}"]


def spread(items, count):
    """`count` of them, evenly; all again from the start where there are fewer."""
    if count <= len(items):
        return [items[i * len(items) // count] for i in range(count)]
    return [items[i % len(items)] for i in range(count)]


def check(condition, what, result):
    if not condition:
        sys.exit(f"FAILED: {what}\nstatus {result.returncode}\n{result.stdout[-300:]}{result.stderr}")


def goes_on(trial, what, expected, threads="2"):
    result = trial.train(threads=threads)
    check(result.returncode == 0 and result.stdout == expected, f"{what}: another result after resuming", result)
    check(not trial.temporary_files(), f"{what}: left {trial.temporary_files()}", result)


def kill(trainer, base, expected, calls, count):
    left = 0
    for name, number in spread(calls, count):
        with Trial(trainer, base) as trial:
            result = trial.train(inject(name, "signal=SIGKILL", number))
            check(result.returncode == -signal.SIGKILL, f"not killed at {name} {number}", result)
            left += len(trial.temporary_files())
            goes_on(trial, f"killed at {name} {number}", expected)
    print(f"{count} kills at {len(calls)} system calls; {left} left a file that the next start swept")


def fail(trainer, base, expected, calls, count):
    cases = [(name, number, error) for name, number in calls for error in FAULTS.get(name, [])]
    outcomes = collections.Counter()
    for name, number, error in spread(cases, count):
        what = f"{error} of {name} {number}"
        with Trial(trainer, base) as trial:
            result = trial.train(inject(name, f"error={error}", number))
            if result.returncode == 0:
                check(result.stdout == expected, f"{what}: another result", result)
            else:
                check(result.returncode == 2 and str(trial.folder) in result.stderr, what, result)
            outcomes["ended" if result.returncode == 0 else "refused"] += 1
            goes_on(trial, what, expected)
    print(f"{count} faults at {len(cases)} places: {outcomes['refused']} were told with the path, "
          f"{outcomes['ended']} had no effect")


def interrupt(trainer, base, expected, calls):
    syncs = [number for name, number in calls if name == "fsync"]
    for name, status in (("SIGINT", 130), ("SIGTERM", 143)):
        for number in syncs:
            with Trial(trainer, base) as trial:
                result = trial.train(inject("fsync", f"signal={name}", number))
                check(result.returncode in (0, status), f"{name} at fsync {number}", result)
                goes_on(trial, f"{name} at fsync {number}", expected)
        # The second signal comes while the file is written that the first one asked for.
        with Trial(trainer, base) as trial:
            result = trial.train(inject("fsync", f"signal={name}", f"{syncs[0]}+"))
            check(result.returncode == -getattr(signal, name), f"{name} twice", result)
            goes_on(trial, f"{name} twice", expected)
    print("signals, once at each fsync and twice: the training went on")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trainer", type=pathlib.Path)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--faults", type=int, default=12)
    arguments = parser.parse_args()
    trainer = arguments.trainer.resolve()

    with tempfile.TemporaryDirectory(prefix="gradus_test_") as root:
        base, whole = pathlib.Path(root) / "base", pathlib.Path(root) / "whole"
        undisturbed = run([str(trainer), str(whole), EPOCHS, "1"])
        check(undisturbed.returncode == 0, "the whole training", undisturbed)
        first = run([str(trainer), str(base), "1", "3"])
        check(first.returncode == 0, "the first epoch", first)
        with Trial(trainer, base) as trial:
            goes_on(trial, "two processes", undisturbed.stdout)
        print("one epoch in one process and one in another: the same bits as two in one")

        try:
            traceable = run(["strace", "-qq", "-e", "trace=none", "/bin/true"]).returncode == 0
        except FileNotFoundError:
            traceable = False
        if not traceable:
            print("strace is missing or may not trace: nothing is killed")
            sys.exit(SKIPPED)
        with Trial(trainer, base) as trial:
            calls = calls_of_saves(trial)
        kill(trainer, base, undisturbed.stdout, calls, arguments.kills)
        fail(trainer, base, undisturbed.stdout, calls, arguments.faults)
        interrupt(trainer, base, undisturbed.stdout, calls)


if __name__ == "__main__":
    main()
