"""Tests of the benchmarks' driver: driver_test.py FOLDER_OF_THE_PROGRAMS."""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[2]
DRIVER, DOCS = ROOT / "bench/driver", ROOT / "docs"
sys.path.insert(0, str(DRIVER))

from contestants import Plan
from experiment import Contestant, Experiment, Goal, Measured
from measure import measure
from report import Run, json_text, markdown, number, verdict
from subjects import subjects

PROGRAMS = Path(sys.argv.pop(1)).resolve()
HAS_HAND = os.uname().machine != "x86_64" or "avx2" in Path("/proc/cpuinfo").read_text()
IN_A_HURRY = ("--no-peers", "--rounds", "1", "--slice", "0.001")


def recorded() -> Run:
    """The run that docs/benchmarks.json is of."""
    old = json.loads((DOCS / "benchmarks.json").read_text())
    is_mnist = "The digits are MNIST's." in (DOCS / "benchmarks.md").read_text()
    with patch("subjects.can_exchange", lambda threads: threads > 1):  # on that machine
        of_all = subjects(Plan(PROGRAMS, [1, 2], "mnist" if is_mnist else ""))
    run = Run(old["system"], of_all, old["rounds"], old["slice_seconds"])
    for e in (e for subject in run.subjects for e in subject.experiments):
        for name, one in old["measured"].get(e.id, {}).items():
            e.outcome[name] = Measured(one.get("seconds", []), one.get("value", 0),
                                       one.get("peak_bytes", 0), one.get("missing", ""))
    for subject in run.subjects:
        subject.experiments = [e for e in subject.experiments if e.outcome]
    run.subjects = [subject for subject in run.subjects if subject.experiments]
    return run


class Documents(unittest.TestCase):
    maxDiff = None

    def expect(self, name: str, text: str) -> None:
        if os.environ.get("GRADUS_UPDATE_DOCS"):
            (DOCS / name).write_text(text)
        self.assertEqual((DOCS / name).read_text(), text)

    def test_the_page_is_of_the_recorded_run(self):
        self.expect("benchmarks.md", markdown(recorded()))

    def test_the_json_says_of_each_goal_what_the_page_says(self):
        self.expect("benchmarks.json", json_text(recorded()))


class Turns(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def contestant(self, name: str, turns: int = 9, package: str = "") -> Contestant:
        """Fails when it is asked for one turn more."""
        script = f"""echo ready 7; left={turns}
            while read -r word seconds; do
              [ $((left -= 1)) -ge 0 ] || exit 1
              echo {name} $word $seconds >>{self.folder}/log; echo time 0.5
            done
            echo memory 4096"""
        return Contestant(name, ["sh", "-c", script], 1, package=package)

    def test_contestants_take_turns(self):
        outcome = measure(Experiment("e", [self.contestant("a"), self.contestant("b")]), 2, 0.25)
        self.assertEqual((self.folder / "log").read_text().split("\n"),
                         ["a slice 0.25", "b slice 0.25"] * 2 + [""])
        self.assertEqual(outcome["a"], Measured([0.5, 0.5], 7, 4096))

    def test_who_fails_in_its_turn_has_no_times_and_the_others_go_on(self):
        e = Experiment("e", [self.contestant("a", turns=1), self.contestant("b")])
        outcome = measure(e, 3, 0.25)
        self.assertEqual(outcome["a"], Measured(failure="it failed"))
        self.assertEqual(len(outcome["b"].seconds), 3)

    def test_a_peer_may_be_missing(self):
        peer = Contestant("peer", ["/no/such/program"], 1, package="libpeer")
        ends = Contestant("ends", ["false"], 1, package="libends")
        for is_cold in (False, True):
            outcome = measure(Experiment("e", [peer, ends], is_cold=is_cold), 2, 0.25)
            self.assertEqual(outcome["peer"], Measured(failure="not installed: libpeer"))
            self.assertEqual(outcome["ends"], Measured(failure="not installed: libends"))

    def test_a_cold_contestant_is_timed_from_start_to_end_if_it_does_not_say(self):
        sleeps = Contestant("sleeps", ["sleep", "0.05"], 1)
        says = Contestant("says", ["sh", "-c", "echo time 3"], 1)
        outcome = measure(Experiment("e", [sleeps, says], is_cold=True), 2, 0)
        self.assertEqual(len(outcome["sleeps"].seconds), 2)
        self.assertGreater(min(outcome["sleeps"].seconds), 0.05)
        self.assertEqual(outcome["says"].seconds, [3, 3])

    def test_a_contestant_has_as_many_cores_as_threads(self):
        for threads in range(1, len(os.sched_getaffinity(0)) + 1):
            counts = Contestant("counts", ["sh", "-c", "echo time $(nproc)"], threads)
            outcome = measure(Experiment("e", [counts], is_cold=True), 1, 0)
            self.assertEqual(outcome["counts"].seconds, [threads])


class Goals(unittest.TestCase):
    def test_a_ratio_is_the_median_over_rounds(self):
        outcome = {"Gradus": Measured([1, 6, 3]), "uneven": Measured([1, 9, 1]),
                   "even": Measured([1, 2, 1.5])}
        self.assertEqual(Goal("ratio", over="even").measured(outcome), 2)
        of_both = Goal("fastest", of=("even", "uneven"), over="Gradus")
        self.assertEqual(of_both.measured(outcome), 1)  # of the uneven one
        self.assertIsNone(Goal("ratio", over="absent").measured(outcome))

    def test_a_goal_is_missed_beyond_what_it_must_be(self):
        small, large = Goal("small", (2, 1)), Goal("large", (1, 2), is_to_be_large=True)
        values = (0.5, 1, 1.5, 2, 2.5)
        self.assertEqual([verdict(small, value) for value in values],
                         ["aim reached", "aim reached", "reached", "reached", "**missed**"])
        self.assertEqual([verdict(large, value) for value in values],
                         ["**missed**", "reached", "reached", "aim reached", "aim reached"])
        self.assertEqual(verdict(Goal("aim alone", (None, 1)), 2), "aim missed")
        self.assertEqual(verdict(small, None), "not measured")

    def test_memory_is_compared_as_times_are(self):
        outcome = {"few": Measured([1], memory=100), "many": Measured([1, 2], memory=150)}
        ratio = Goal("growth", (1.4, None), ("many",), "few", is_of_memory=True)
        self.assertEqual(ratio.measured(outcome), 1.5)
        self.assertTrue(ratio.is_missed(outcome))
        self.assertEqual(Goal("peak", of=("many",), unit="B", is_of_memory=True).measured(outcome),
                         150)
        self.assertFalse(Goal("time", (2, 1), ("many",), "few").is_missed(outcome))
        self.assertTrue(Goal("time", (2, 1), ("many",), "absent").is_missed(outcome))
        self.assertFalse(Goal("aim alone", (None, 1), ("many",)).is_missed(outcome))

    def test_values_that_are_not_finite_disagree(self):
        two = [Contestant("a", [], 1), Contestant("b", [], 1)]
        for values, difference in (((2, 2), 0), ((2, 1), 0.5), ((2, float("nan")), float("inf"))):
            outcome = {name: Measured([1], value) for name, value in zip("ab", values)}
            self.assertEqual(Experiment("e", two, outcome=outcome).disagreement(), difference)

    def test_numbers_have_three_digits(self):
        self.assertEqual([number(x) for x in (0, 0.01234, 9.996, 123.4, 12345, float("inf"))],
                         ["0", "0.0123", "10.00", "123", "12345", "inf"])


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def expect(self, status: int, pattern: str, *arguments: str, programs: Path = PROGRAMS) -> None:
        """The exit status, and a pattern in all that it prints."""
        environment = {k: v for k, v in os.environ.items() if k != "GRADUS_MNIST_DIR"}
        run = subprocess.run([sys.executable, "-B", DRIVER, "--programs", programs, *arguments],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             env=environment)
        self.assertEqual(run.returncode, status, run.stdout)
        self.assertRegex(run.stdout, pattern)

    def copy_of_programs(self) -> Path:
        for program in PROGRAMS.iterdir():
            (self.folder / program.name).symlink_to(program)
        (self.folder / "ae_step").unlink()
        return self.folder

    @unittest.skipUnless(HAS_HAND, "no AVX2")
    def test_one_experiment(self):
        page, data = self.folder / "page.md", self.folder / "page.json"
        self.expect(0, r"B = 10, 1 thread: time over the FLOP limit \| [0-9.]+ \| 1.45",
                    "--only", "ae-10", "--threads", "1", *IN_A_HURRY, "--out", str(page),
                    "--json", str(data))
        self.assertRegex(page.read_text(), r"\n\| Gradus \|.* µs \(.* x\)")
        self.assertIn("reached", json.loads(data.read_text())["goals"][0])

    @unittest.skipUnless(HAS_HAND, "no AVX2")
    def test_a_process_from_start_to_end(self):
        self.expect(0, "whole process", "--no-peers", "--quick", "--only", "start")

    @unittest.skipUnless(HAS_HAND and len(os.sched_getaffinity(0)) > 1, "no AVX2 or one core")
    def test_the_round_trip_of_a_cache_line(self):
        self.expect(0, r"\| round trip of a cache line, 2 threads \| [0-9.]+ ns \|",
                    "--only", "machine-roundtrip", "--threads", "2", *IN_A_HURRY)

    def test_refusals(self):
        self.expect(2, "nothing is named nonsense", "--only", "nonsense")
        for option, value in (("--rounds", "0"), ("--slice", "x"), ("--threads", "1,0")):
            self.expect(2, f"{option}: [0x] is not from", option, value)

    def test_a_strict_run_fails_where_a_goal_is_missed(self):
        programs = self.copy_of_programs()
        growth = programs / "growth"
        growth.unlink()
        # A node of how many takes how long: as long as any other, or as long as there are many.
        for seconds, arguments, status in (("1", ["--strict"], 0), ("${2#n=}", ["--strict"], 1),
                                           ("${2#n=}", [], 0)):
            growth.write_text(f"#!/bin/sh\necho time {seconds}\necho memory 8\n")
            growth.chmod(0o755)
            pattern = "missed: readers of one x: time" if status else "readers of one x"
            self.expect(status, pattern, *arguments, "--only", "growth-fan_out", programs=programs)

    def test_a_contestant_that_fails_makes_the_run_fail(self):
        self.expect(1, "Gradus failed", "--no-peers", "--quick", "--only", "start",
                    programs=self.copy_of_programs())

    @unittest.skipUnless(HAS_HAND, "no AVX2")
    def test_a_contestant_that_disagrees_makes_the_run_fail(self):
        programs = self.copy_of_programs()
        wrong = programs / "ae_step"
        wrong.write_text(f'#!/bin/sh\nexec "{PROGRAMS}/ae_step" "$@" optimizer=adam\n')
        wrong.chmod(0o755)
        self.expect(1, "the contestants' values differ", "--only", "ae-10", "--threads", "1",
                    *IN_A_HURRY, programs=programs)


unittest.main()
