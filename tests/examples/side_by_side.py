#!/usr/bin/env python3
"""Runs the PyTorch programs of examples/side_by_side, and compares the lengths of each pair.

    tests/examples/side_by_side.py build/release/examples/side_by_side/write_digits

A line that is blank or a comment does not count; Gradus may have 1.3 times as many as PyTorch.
"""

import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile

# A list of assignments takes more lines than a loop that assigns.
LONGER = {"custom_training"}
HOME = pathlib.Path(__file__).resolve().parents[2] / "examples/side_by_side"


def line_count(path, comment):
    lines = (line.strip() for line in path.read_text().splitlines())
    return sum(bool(line) and not line.startswith(comment) for line in lines)


def main():
    write_digits = os.path.abspath(sys.argv[1])
    failures = 0
    pairs = sorted(p for p in HOME.glob("*.py") if p.with_suffix(".cpp").exists())
    for python in pairs:
        ours, theirs = line_count(python.with_suffix(".cpp"), "//"), line_count(python, "#")
        print(f"{python.stem}: {ours} lines, in PyTorch {theirs}: {ours / theirs:.2f}")
        failures += ours > 1.3 * theirs and python.stem not in LONGER
    if importlib.util.find_spec("torch") is None:
        print("PyTorch is not installed: its programs are not run")
        return failures
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([write_digits], cwd=folder, check=True)
        for python in pairs:
            print(f"\n{python.name}", flush=True)
            environment = {**os.environ, "DIGITS": f"{folder}/digits.npz"}
            failures += subprocess.run([sys.executable, "-B", python], env=environment).returncode
    return min(failures, 1)


if __name__ == "__main__":
    sys.exit(main())
