"""The page docs/benchmarks.md, the same as JSON, and what the terminal shows."""

import json
import math
from dataclasses import dataclass
from statistics import median

from contestants import MACHINE, YARDSTICKS
from experiment import FREE, Experiment, Goal, Measured
from subjects import Subject, threads_text


@dataclass
class Run:
    facts: dict[str, str]
    subjects: list[Subject]
    rounds: int
    slice: float
    is_quick: bool = False


def number(x: float) -> str:
    """Three significant digits."""
    if x == 0 or not math.isfinite(x):
        return f"{x:g}"
    digits = 2 - math.floor(math.log10(abs(x)))
    return f"{x:.{min(max(digits, 0), 9)}f}"


def with_unit(x: float | None, unit: str) -> str:
    return "" if x is None else f"{number(x)} {unit}".rstrip()


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def verdict(goal: Goal, value: float | None) -> str:
    must, aim = goal.bounds
    if value is None:
        return "not measured"
    if aim is not None and goal.reaches(value, aim):
        return "aim reached"
    if must is not None:
        return "reached" if goal.reaches(value, must) else "**missed**"
    return "" if aim is None else "aim missed"


def goals_table(subject: Subject) -> str:
    text = ""
    for e in subject.experiments:
        for goal in e.goals:
            value = goal.measured(e.outcome)
            if value is not None or goal.bounds != FREE:
                numbers = (with_unit(x, goal.unit) for x in (value, *goal.bounds))
                text += row(goal.what, *numbers, verdict(goal, value))
    return text and "| goal | measured | must | aim | |\n|---|---:|---:|---:|---|\n" + text


def machine_table(subject: Subject) -> str:
    text = "| | |\n|---|---:|\n"
    for e in subject.experiments:
        what, threads = e.contestants[0].name, e.contestants[0].threads
        work, amount, unit = MACHINE[what]
        if seconds := e.outcome[what].seconds:
            rate = amount / median(seconds) / 1e9
            value = 1 / rate if unit == "ns" else rate * threads
            text += row(f"{work}, {threads_text(threads)}", with_unit(value, unit))
    return text


def cell(e: Experiment, name: str) -> str:
    """310 µs (1.44 x); or why there is nothing; or nothing for who does not take part."""
    time = Goal("", of=(name,), unit=e.unit, scale=e.scale).measured(e.outcome)
    if time is None:
        return e.outcome[name].failure if name in e.outcome else ""
    ratio = Goal("", of=(name,), over=e.over, scale=e.over_scale).measured(e.outcome)
    return with_unit(time, e.unit) + (f" ({number(ratio)} x)" if e.over and ratio else "")


def times_table(title: str, columns: list[Experiment]) -> str:
    over = columns[0].over
    reference = f" (x: over {'the FLOP limit' if over in YARDSTICKS else over})" if over else ""
    text = row(title + reference, *(e.column for e in columns))
    text += "|---|" + "---:|" * len(columns) + "\n"
    for name in dict.fromkeys(name for e in columns for name in e.outcome):
        if name not in YARDSTICKS:
            text += row(name, *(cell(e, name) for e in columns))
    return text


def agreement(subject: Subject) -> str:
    if all(len(e.agreeing_values()) < 2 for e in subject.experiments):
        return ""
    what = "The loss after 20 updates" if subject.name.startswith("ae") else "The value"
    worst = max(e.disagreement() for e in subject.experiments)
    return (f"{what} is the same for all contestants: they differ by {worst:.1e} at most "
            "(relatively).\n")


def section(subject: Subject) -> str:
    blocks = [f"## {subject.title}\n", f"{subject.text}\n", goals_table(subject)]
    if subject.name == "machine":
        blocks.append(machine_table(subject))
    tables: dict[str, list[Experiment]] = {}
    for e in subject.experiments:
        tables.setdefault(e.table, []).append(e)
    blocks += [times_table(title, columns) for title, columns in tables.items() if title]
    blocks.append(agreement(subject))
    return "\n".join(filter(None, blocks))


def terminal_text(run: Run) -> str:
    return "\n".join(map(section, run.subjects))


def markdown(run: Run) -> str:
    facts = "".join(row(name, value) for name, value in run.facts.items())
    return f"""# Benchmarks

Written by `bench/run{" --quick" if run.is_quick else ""}`. Each contestant is a process; they \
take turns, {run.rounds} rounds of {number(run.slice)} seconds each, and the numbers are medians: \
of a slice, then of the rounds. A ratio is taken within each round, and the median counts. \
Contestants are bound to as many cores as they have threads. `must` and `aim` are this project's \
goals. Peers run as Debian ships them, and `tuned`: with malloc told to keep what is freed \
(MALLOC_MMAP_THRESHOLD_, MALLOC_TRIM_THRESHOLD_, MALLOC_TOP_PAD_), with OpenBLAS told to use \
AVX-512 where the CPU has it (OPENBLAS_CORETYPE=SkylakeX; for a CPU newer than itself it would \
choose kernels for SSE3), and with another BLAS where one is named.

Run it again:

```sh
bench/run --install-peers
```

`bench/run --help` tells how to measure less; what stands between a figure and its limit, \
[where time goes](where_time_goes.md).

| | |
|---|---|
{facts}
{terminal_text(run)}"""


def without_none(**items: object) -> dict[str, object]:
    return {name: value for name, value in items.items() if value is not None}


def as_json(one: Measured) -> dict[str, object]:
    if not one.seconds:
        return {"missing": one.failure}
    return without_none(median_seconds=median(one.seconds), seconds=one.seconds,
                        value=one.value if math.isfinite(one.value) else None,
                        peak_bytes=one.memory or None)


def goal_as_json(subject: str, goal: Goal, value: float) -> dict[str, object]:
    must, aim = goal.bounds
    bound = aim if must is None else must
    return without_none(subject=subject, what=goal.what, measured=value, unit=goal.unit or None,
                        must=must, aim=aim,
                        reached=None if bound is None else goal.reaches(value, bound))


def json_text(run: Run) -> str:
    all_of = [(subject, e) for subject in run.subjects for e in subject.experiments]
    measured = {e.id: {name: as_json(one) for name, one in e.outcome.items()} for _, e in all_of}
    goals = [goal_as_json(subject.name, goal, value) for subject, e in all_of for goal in e.goals
             if (value := goal.measured(e.outcome)) is not None]
    whole = {"system": run.facts, "rounds": run.rounds, "slice_seconds": run.slice,
             "measured": measured, "goals": goals}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
