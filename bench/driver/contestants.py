"""Gradus, the hand-written programs and the peers, as contestants."""

import platform
from dataclasses import dataclass
from pathlib import Path

from experiment import GRADUS, Contestant

ROOT = Path(__file__).resolve().parents[2]
BY_HAND = "by hand"
# What the machine can do, measured in the rounds of a step; no rows of a table.
PEAK, ROUND_TRIP = "FMA peak", "round trip"
YARDSTICKS = (PEAK, ROUND_TRIP)


FLOPS, BYTES = 2e9, 192e6  # no cache holds so many bytes
# What each thread of `machine` does in a step, and the unit of its rate, or of the time of one.
MACHINE = {
    "flops32": ("multiply-adds, float32", FLOPS, "GFLOP/s"),
    "flops64": ("multiply-adds, float64", FLOPS, "GFLOP/s"),
    "read": ("memory, read", BYTES, "GB/s"),
    "triad": ("memory, triad", BYTES, "GB/s"),
    "update": ("memory, update", 2 * BYTES, "GB/s"),
    "roundtrip": ("round trip of a cache line", 5e4, "ns"),
}

# A peer's settings of its allocator and its BLAS.
AS_SHIPPED, TUNED, OPENMP, BLIS = "as shipped", "tuned", "tuned, OpenMP", "tuned, BLIS"
# The folder where Debian has this libblas.so.3, and its package.
BLAS = {OPENMP: ("openblas-openmp", "libopenblas0-openmp"),
        BLIS: ("blis-openmp", "libblis4-openmp")}
# Buffers are used again instead of going back to the system, which would clear them each time.
KEEPS_MEMORY = {"MALLOC_MMAP_THRESHOLD_": "4294967296", "MALLOC_TRIM_THRESHOLD_": "8589934592",
                "MALLOC_TOP_PAD_": "268435456"}


@dataclass
class Plan:
    """What is measured, and with which programs."""
    programs: Path  # the folder of the built ones
    threads: list[int]
    mnist: str  # the folder of its files; empty: digits are drawn
    is_quick: bool = False
    has_peers: bool = True
    has_avx512: bool = False

    def gradus(self, program: str, threads: int, **arguments: object) -> Contestant:
        words = [f"{name}={value}" for name, value in arguments.items()]
        command = [str(self.programs / program), *words, f"threads={threads}"]
        return Contestant(GRADUS, command, threads)

    def by_hand(self, program: str, threads: int, **arguments: object) -> Contestant:
        """Such programs are compiled for each instruction set."""
        if platform.machine() == "x86_64":
            program += "_v4" if self.has_avx512 else "_v3"
        one = self.gradus(program, threads, **arguments)
        one.name = BY_HAND
        return one

    def machine(self, name: str, what: str, threads: int) -> Contestant:
        one = self.by_hand("machine", threads, what=what, work=int(MACHINE[what][1]))
        one.name, one.agrees = name, False
        return one

    def peer(self, setting: str, program: str, threads: int, **arguments: object) -> Contestant:
        one = self.gradus(program, threads, **arguments)
        one.name, one.package = f"libtorch, {setting}", "libtorch-dev"
        if program.endswith(".py"):
            one.name, one.package = f"PyTorch, {setting}", "python3-torch"
            one.command[:1] = ["/usr/bin/python3", str(ROOT / "bench" / program)]
        for library in ("OMP", "OPENBLAS", "BLIS"):
            one.environment[f"{library}_NUM_THREADS"] = str(threads)
        if setting != AS_SHIPPED:
            one.environment |= KEEPS_MEMORY
            if self.has_avx512:  # an OpenBLAS older than the CPU would choose kernels for SSE3
                one.environment["OPENBLAS_CORETYPE"] = "SkylakeX"
        if setting in BLAS:
            folder, package = BLAS[setting]
            if libraries := list(Path("/usr/lib").glob(f"*/{folder}/libblas.so.3")):
                one.environment["LD_LIBRARY_PATH"] = str(libraries[0].parent)
            else:  # what is not there cannot be started
                one.command, one.package = [f"/usr/lib/{folder}"], package
        return one
