"""What is measured: experiments, in which contestants take turns, and goals over their results."""

import math
from dataclasses import dataclass, field
from statistics import median

GRADUS = "Gradus"
UNITS = {"": 1, "s": 1, "ms": 1e3, "µs": 1e6, "ns": 1e9, "B": 1, "MB": 1e-6}  # of a second, or byte


@dataclass
class Contestant:
    """A program that takes part, as contestant.h describes it."""
    name: str  # "libtorch, tuned"
    command: list[str]
    threads: int  # so many cores it may use
    environment: dict[str, str] = field(default_factory=dict)  # beside ours
    package: str = ""  # of a peer that may be missing; empty if it may not
    agrees: bool = True  # whether its value is compared with the others'


@dataclass
class Measured:
    """What a contestant did."""
    seconds: list[float] = field(default_factory=list)  # of one step, by round; empty if it failed
    value: float = 0  # the loss, or what else all must agree on
    memory: int = 0  # peak, in bytes; 0 if unknown
    failure: str = ""


Outcome = dict[str, Measured]  # by contestant
Bounds = tuple[float | None, float | None]
FREE: Bounds = (None, None)


@dataclass
class Goal:
    """A time, a peak of memory, or a ratio of two; what it must be, and what we aim at."""
    what: str
    bounds: Bounds = FREE
    of: tuple[str, ...] = (GRADUS,)  # the fastest of these that are there
    over: str = ""  # empty: the time or the memory itself
    unit: str = ""
    scale: float = 1
    is_to_be_large: bool = False
    is_of_memory: bool = False

    def measured(self, outcome: Outcome) -> float | None:
        """Ratios are of the same round, and their median counts. None if someone is missing."""
        there = {name: one for name, one in outcome.items() if one.seconds}
        candidates = [there[name] for name in self.of if name in there]
        if not candidates or (self.over and self.over not in there):
            return None
        best = min(candidates, key=lambda one: median(one.seconds))
        scale = self.scale * UNITS[self.unit]
        if self.is_of_memory:
            return scale * best.memory / (there[self.over].memory if self.over else 1)
        if self.over:
            return median(scale * a / b for a, b in zip(best.seconds, there[self.over].seconds))
        return scale * median(best.seconds)

    def reaches(self, value: float, bound: float) -> bool:
        return value >= bound if self.is_to_be_large else value <= bound

    def is_missed(self, outcome: Outcome) -> bool:
        value, must = self.measured(outcome), self.bounds[0]
        return must is not None and (value is None or not self.reaches(value, must))


@dataclass
class Experiment:
    """Contestants, goals, and the column of the page that shows the times."""
    id: str  # "ae-10-1"
    contestants: list[Contestant]
    table: str = ""  # that the column is part of; empty: there is none
    column: str = ""
    unit: str = ""
    scale: float = 1
    over: str = ""  # each time's ratio is to this contestant's
    over_scale: float = 1
    goals: list[Goal] = field(default_factory=list)
    # A cold one is started anew in each round: what it writes as "time" counts, or else the time
    # from its start to its end.
    is_cold: bool = False
    rounds: int = 0  # 0: as many as the run has
    slice: float = 0  # seconds; 0: as long as the run's
    outcome: Outcome = field(default_factory=dict)  # empty before it is measured

    def agreeing_values(self) -> list[float]:
        names = {c.name for c in self.contestants if c.agrees}
        return [one.value for name, one in self.outcome.items() if name in names and one.seconds]

    def disagreement(self) -> float:
        """The largest relative difference; infinity if a value is not finite."""
        values = self.agreeing_values()
        if not all(map(math.isfinite, values)):
            return math.inf
        low, high = min(values, default=0), max(values, default=0)
        return (high - low) / max(abs(low), abs(high)) if low < high else 0
