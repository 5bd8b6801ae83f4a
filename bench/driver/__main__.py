"""The driver of the benchmarks; bench/run builds the contestants and starts it."""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from contestants import ROOT, Plan
from experiment import Experiment
from measure import measure
from report import Run, json_text, markdown, terminal_text
from subjects import Subject, subjects
from system import system_facts

TOLERANCE = 1e-4


def within(kind: Callable[[str], float], low: float, high: float) -> Callable[[str], float]:
    def number(text: str) -> float:
        with suppress(ValueError):
            if low <= kind(text) <= high:
                return kind(text)
        raise argparse.ArgumentTypeError(f"{text} is not from {low} to {high}")
    return number


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("bench/run", "bench/run [OPTIONS]; see bench/run --help",
                                     add_help=False, allow_abbrev=False)
    count = within(int, 1, 1024)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--threads", type=lambda text: [count(word) for word in text.split(",")],
                        default=[1, 2])
    parser.add_argument("--rounds", type=within(int, 1, 10_000))
    parser.add_argument("--slice", type=within(float, 0.001, 60))
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--mnist", default=os.environ.get("GRADUS_MNIST_DIR", ""))
    parser.add_argument("--note", action="append", default=[])  # a fact NAME=VALUE for the page
    parser.add_argument("--programs", type=Path, default=ROOT / "build/release/bench")
    return parser.parse_args()


def is_wanted(o: argparse.Namespace, subject: Subject, e: Experiment) -> bool:
    """`--only ae` is not ae64, too. A quick run leaves out ae64, for which there are no bounds, and
    growth, which takes minutes."""
    if not o.only:
        return not o.quick or subject.name not in ("ae64", "growth")
    return o.only in (subject.name, e.id) or e.id.startswith(o.only + "-")


def chosen(o: argparse.Namespace, plan: Plan) -> list[Subject]:
    """The subjects of which something is wanted, with nothing else."""
    everything = subjects(plan)
    for subject in everything:
        subject.experiments = [e for e in subject.experiments if is_wanted(o, subject, e)]
    return [subject for subject in everything if subject.experiments]


def is_right(e: Experiment) -> bool:
    """Whether nobody failed but peers, and all agree; if not, says so."""
    failed = [c.name for c in e.contestants if not c.package and not e.outcome[c.name].seconds]
    for name in failed:
        print(f"{e.id}: {name} failed", file=sys.stderr)
    if e.disagreement() <= TOLERANCE:
        return not failed
    print(f"{e.id}: the contestants' values differ by {e.disagreement():.1e}:", file=sys.stderr)
    for name, one in e.outcome.items():
        print(f"  {name:<24} {one.value:.9g}", file=sys.stderr)
    return False


def reaches_goals(e: Experiment) -> bool:
    """Whether all is as it must be; if not, says so."""
    missed = [goal.what for goal in e.goals if goal.is_missed(e.outcome)]
    for what in missed:
        print(f"{e.id}: missed: {what}", file=sys.stderr)
    return not missed


def run_all(o: argparse.Namespace) -> int:
    facts = system_facts(o.programs)
    plan = Plan(o.programs, o.threads, o.mnist, o.quick, has_peers=not o.no_peers,
                has_avx512=facts["Instruction set in use"] == "avx512")
    run = Run(facts | dict(note.split("=", 1) for note in o.note), chosen(o, plan),
              o.rounds or (3 if o.quick else 8), o.slice or (0.12 if o.quick else 0.3), o.quick)
    if not run.subjects:
        print(f"bench/run: nothing is named {o.only}", file=sys.stderr)
        return 2
    all_right = True
    for e in (e for subject in run.subjects for e in subject.experiments):
        print(e.id, file=sys.stderr)
        e.outcome = measure(e, run.rounds, run.slice)
        all_right &= is_right(e)
        all_right &= not o.strict or reaches_goals(e)
    print(terminal_text(run), end="")
    if o.out:
        o.out.write_text(markdown(run))
    if o.json:
        o.json.write_text(json_text(run))
    return 0 if all_right else 1


def main() -> int:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        return run_all(options())
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"bench/run: {error}", file=sys.stderr)
        return 2


sys.exit(main())
