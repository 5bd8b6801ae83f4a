"""Measuring one experiment: round after round, its contestants take turns."""

import os
import select
import subprocess
import time
from collections.abc import Callable

from experiment import Contestant, Experiment, Measured, Outcome
from system import cores_for

PATIENCE = 300  # seconds without a word from a contestant


class Running:
    """A contestant that takes its turns. A step raises OSError or ValueError if it fails."""

    def __init__(self, contestant: Contestant):
        self.contestant, self.measured = contestant, Measured()
        self.cores = cores_for(contestant.threads)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        ours = os.sched_getaffinity(0)
        os.sched_setaffinity(0, self.cores)  # which the child inherits
        try:
            self.process = subprocess.Popen(
                self.contestant.command, bufsize=0, env=os.environ | self.contestant.environment,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL if self.contestant.package else None)
        finally:
            os.sched_setaffinity(0, ours)

    def read_line(self) -> bytes:
        """Empty at the end of its output."""
        if not select.select([self.process.stdout], [], [], PATIENCE)[0]:
            raise TimeoutError
        return self.process.stdout.readline()

    def read_until(self, wanted: bytes | None) -> None:
        """Reads lines "name value" up to the one of this name, or all."""
        for line in iter(self.read_line, b""):
            name, _, value = line.strip().partition(b" ")
            if name == b"ready":
                self.measured.value = float(value)
            elif name == b"time":
                self.measured.seconds.append(float(value))
            elif name == b"memory":
                self.measured.memory = max(self.measured.memory, int(value))
            if name == wanted:
                return
        if wanted:
            raise ChildProcessError

    def get_ready(self) -> None:
        self.start()
        self.read_until(b"ready")

    def take_turn(self, seconds: float) -> None:
        self.process.stdin.write(b"slice %g\n" % seconds)
        self.read_until(b"time")

    def end(self) -> None:
        self.process.stdin.close()
        self.read_until(None)
        self.process.stdout.close()
        if self.process.wait() != 0:
            raise ChildProcessError

    def take_cold_turn(self) -> None:
        count, begin = len(self.measured.seconds), time.perf_counter()
        self.start()
        self.end()
        if len(self.measured.seconds) == count:
            self.measured.seconds.append(time.perf_counter() - begin)

    def fail(self) -> None:
        package = self.contestant.package
        self.measured = Measured(failure=f"not installed: {package}" if package else "it failed")
        if self.process:
            with self.process:
                self.process.kill()


def measure(experiment: Experiment, rounds: int, seconds: float) -> Outcome:
    running = [Running(contestant) for contestant in experiment.contestants]

    def each(step: Callable[[Running], None]) -> None:
        for one in running:
            try:
                if not one.measured.failure:
                    step(one)
            except (OSError, ValueError):
                one.fail()

    if not experiment.is_cold:
        each(Running.get_ready)
    for _ in range(experiment.rounds or rounds):
        if experiment.is_cold:
            each(Running.take_cold_turn)
        else:
            each(lambda one: one.take_turn(experiment.slice or seconds))
    if not experiment.is_cold:
        each(Running.end)
    return {one.contestant.name: one.measured for one in running}
