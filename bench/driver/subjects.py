"""All that is measured, in the order of the page: one subject per kind of work."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from contestants import (AS_SHIPPED, BLIS, BY_HAND, FLOPS, MACHINE, OPENMP, PEAK, ROOT, ROUND_TRIP,
                         TUNED, Plan)
from experiment import FREE, GRADUS, Bounds, Contestant, Experiment, Goal


def threads_text(threads: int) -> str:
    return "1 thread" if threads == 1 else f"{threads} threads"


def can_exchange(threads: int) -> bool:
    """Whether so many threads have a core each, and others to exchange cache lines with."""
    return 1 < threads <= len(os.sched_getaffinity(0))


def machine(plan: Plan) -> Iterator[Experiment]:
    for threads in plan.threads:
        for what in MACHINE:
            if what != "roundtrip" or can_exchange(threads):
                yield Experiment(f"machine-{what}-{threads}", [plan.machine(what, what, threads)])


# By threads and batch, or by batch.
OVER_LIMIT = {(1, 10): (1.45, 1.26), (1, 100): (1.22, 1.12), (1, 1000): (1.22, 1.13),
              (2, 10): (2.0, 1.35), (2, 100): (1.30, 1.16), (2, 1000): (1.25, 1.15)}
OVER_PYTORCH = {10: (6.0, 7.0), 100: (1.65, 1.8), 1000: (1.2, 1.33)}
OVER_LIBTORCH = {10: (2.7, 3.3), 100: (1.45, 1.57), 1000: (1.15, 1.24)}

# Of an image. Each product of the tied weights is there twice, and as often for their gradients and
# those of their inputs, but for x; a multiply-add counts as two.
STEP_FLOPS = 2 * (5 * 784 * 256 + 6 * 256 * 64)


def ae_contestants(plan: Plan, dtype: str, batch: int, threads: int) -> Iterator[Contestant]:
    step = {"threads": threads, "batch": batch, "dtype": dtype}
    yield plan.machine(PEAK, "flops64" if dtype == "float64" else "flops32", threads)
    yield plan.gradus("ae_step", **step)
    yield plan.by_hand("hand_step", **step)
    if can_exchange(threads):
        yield plan.machine(ROUND_TRIP, "roundtrip", threads)
    if batch == 10 and dtype == "float32":
        adam = plan.gradus("ae_step", **step, optimizer="adam")
        adam.name, adam.agrees = "Gradus, Adam", False
        yield adam
    # A quick run leaves out the peers that no goal needs.
    if not plan.has_peers or (plan.is_quick and (threads != 1 or dtype == "float64")):
        return
    for setting in (AS_SHIPPED, TUNED if threads == 1 else OPENMP, BLIS):
        if setting != AS_SHIPPED or not plan.is_quick:
            yield plan.peer(setting, "torch_step", **step)
        if setting == AS_SHIPPED or not plan.is_quick:
            yield plan.peer(setting, "torch_step.py", **step)


def ae_goals(dtype: str, batch: int, threads: int, over_limit: float) -> Iterator[Goal]:
    where = f"B = {batch}, {threads_text(threads)}"
    is_float = dtype == "float32"
    yield Goal(f"{where}: time over the FLOP limit",
               OVER_LIMIT.get((threads, batch), FREE) if is_float else FREE,
               over=PEAK, scale=over_limit)
    yield Goal(f"{where}: time over the hand-written step", (1.05, 1.0) if is_float else FREE,
               over=BY_HAND)
    if threads > 1:
        yield Goal(f"{where}: round trip of a cache line", of=(ROUND_TRIP,), unit="ns",
                   scale=1 / MACHINE["roundtrip"][1])
    if is_float and threads == 1:
        yield Goal(f"{where}: times as fast as PyTorch as shipped", OVER_PYTORCH[batch],
                   ("PyTorch, as shipped",), GRADUS, is_to_be_large=True)
        yield Goal(f"{where}: times as fast as the best-tuned libtorch", OVER_LIBTORCH[batch],
                   ("libtorch, tuned", "libtorch, tuned, BLIS"), GRADUS, is_to_be_large=True)
    if is_float and batch == 10:
        yield Goal(f"{where}: Adam over SGD", (1.6, 1.3) if threads == 1 else FREE,
                   ("Gradus, Adam",), GRADUS)
    if is_float and batch == 1000 and threads == 1:
        yield Goal("B = 1000: peak memory", (35.0, 25.0), unit="MB", is_of_memory=True)


def ae(plan: Plan, name: str = "ae", dtype: str = "float32") -> Iterator[Experiment]:
    for threads in plan.threads:
        for batch in (10, 100, 1000):
            over_limit = FLOPS * threads / (STEP_FLOPS * batch)  # times a ratio to the peak's time
            yield Experiment(f"{name}-{batch}-{threads}",
                             list(ae_contestants(plan, dtype, batch, threads)),
                             threads_text(threads), f"B = {batch}", "µs",
                             over=PEAK, over_scale=over_limit,
                             goals=list(ae_goals(dtype, batch, threads, over_limit)))


def ae64(plan: Plan) -> Iterator[Experiment]:
    return ae(plan, "ae64", "float64")


def elementwise(plan: Plan) -> Iterator[Experiment]:
    for threads in plan.threads:
        contestants = [plan.gradus("elementwise", threads),
                       plan.by_hand("hand_elementwise", threads)]
        if plan.has_peers and not plan.is_quick:
            contestants += [plan.peer(setting, "torch_elementwise", threads)
                            for setting in (AS_SHIPPED, TUNED)]
        text = threads_text(threads)
        goal = Goal(f"{text}: time over the hand-fused loop", (1.2, 1.1), over=BY_HAND)
        yield Experiment(f"elementwise-{threads}", contestants, text, "value and gradients", "ms",
                         over=BY_HAND, goals=[goal], slice=0.25 if plan.is_quick else 0)


def chain(plan: Plan) -> Iterator[Experiment]:
    def of(pairs: int, rounds: int, time: Bounds, memory: Bounds) -> Experiment:
        text = f"{pairs} pairs"
        goals = [Goal(f"{text}: time", time, unit="s"),
                 Goal(f"{text}: peak memory", memory, unit="MB", is_of_memory=True)]
        return Experiment(f"chain-{pairs}", [plan.gradus("chain", 1, pairs=pairs)], text,
                          "all of it", "s", goals=goals, is_cold=True, rounds=rounds)

    yield of(1_000_000, 1 if plan.is_quick else 3, (0.75, 0.25), (570.0, 250.0))
    if not plan.is_quick:
        yield of(10_000_000, 1, (None, 2.75), (None, 2750.0))  # linear, within a tenth


# Of how many nodes, and what each is: see growth.cpp.
SIZES = [10_000, 100_000, 1_000_000]
SHAPES = {"chain": "a chain", "fan_out": "readers of one x", "concat": "parts of a concat",
          "unstack": "parts of one x", "adam": "variables of Adam", "scopes": "nested scopes",
          "names": "layers of one name", "batches": "sizes of a batch",
          "feeds": "feeds and fetches"}


def growth(plan: Plan) -> Iterator[Experiment]:
    for shape, text in SHAPES.items():
        contestants = [plan.gradus("growth", 1, shape=shape, n=n) for n in SIZES]
        for contestant, n in zip(contestants, SIZES):
            contestant.name, contestant.agrees = f"{n:,}", False
        first, last = contestants[0].name, contestants[-1].name
        # A logarithm grows by half; caches and fresh pages do the rest.
        goals = [Goal(f"{text}: time of one of {last} over that of one of {first}", (2.5, 1.5),
                      (last,), first),
                 Goal(f"{text}: memory of one of {last} over that of one of {first}", (2.0, 1.25),
                      (last,), first, is_of_memory=True),
                 Goal(f"{text}: memory of one of {last}", of=(last,), unit="B",
                      is_of_memory=True)]
        yield Experiment(f"growth-{shape}", contestants, "time of one of", text, "µs", over=first,
                         goals=goals, is_cold=True, rounds=3)


def keeping(plan: Plan) -> Iterator[Experiment]:
    size = 100_000_000 if plan.is_quick else 1_000_000_000
    cores, file = len(os.sched_getaffinity(0)), ROOT / "build/keeping.safetensors"
    for what, other in (("save", "dd"), ("load", "cat")):
        contestants = [plan.gradus("keeping", cores, what=w, bytes=size, file=file)
                       for w in (what, other)]
        contestants[1].name = other
        goals = [Goal(f"{what}: time over {other}", (1 / 0.7, 1.0), over=other),
                 Goal(f"{what}: peak memory", (2e-6 * size, 1.1e-6 * size), unit="MB",
                      is_of_memory=True)]
        yield Experiment(f"keeping-{what}", contestants, f"{size // 1_000_000} MB", what, "s",
                         over=other, goals=goals, is_cold=True, rounds=3 if plan.is_quick else 7)


def small(plan: Plan) -> Iterator[Experiment]:
    per_op = Goal("time per op", (30.0, 15.0), unit="ns", scale=1 / 3000)
    yield Experiment("small-1", [plan.gradus("small_ops", 1, count=3000)], "1 thread", "one op",
                     "ns", 1 / 3000, goals=[per_op])
    per_run = Goal("time of a run of three ops", (1000.0, None), unit="ns")
    yield Experiment("small-run", [plan.gradus("small_ops", 1, count=3)], "1 thread",
                     "a run of three ops", "ns", goals=[per_run])


def epoch(plan: Plan) -> Iterator[Experiment]:
    files = {"drawn": ROOT / "build/digits"} | ({"mnist": plan.mnist} if plan.mnist else {})
    bounds = {1: (1.9, 1.5), 2: (1.3, 0.85)}
    for threads in plan.threads:
        text = threads_text(threads)
        goal = Goal(f"{text}: time", bounds.get(threads, FREE), unit="s")
        yield Experiment(f"epoch-{threads}", [plan.gradus("epoch", threads, **files)], text,
                         "epoch", "s", goals=[goal], rounds=1 if plan.is_quick else 5, slice=0.001)


def start(plan: Plan) -> Iterator[Experiment]:
    step = {"threads": 1, "batch": 10, "first": 1}
    contestants = [plan.gradus("ae_step", **step), plan.by_hand("hand_step", **step)]
    if plan.has_peers and not plan.is_quick:
        contestants += [plan.peer(AS_SHIPPED, "torch_step", **step),
                        plan.peer(AS_SHIPPED, "torch_step.py", **step)]
    for contestant in contestants:
        contestant.agrees = False
    goal = Goal("whole process", (25.0, 10.0), unit="ms")
    yield Experiment("start-1", contestants, "1 thread", "whole process", "ms", over=BY_HAND,
                     goals=[goal], is_cold=True, rounds=5 if plan.is_quick else 15)


@dataclass
class Subject:
    name: str  # for --only
    title: str
    text: str
    experiments: list[Experiment]


def subjects(plan: Plan) -> list[Subject]:
    digits = "MNIST's" if plan.mnist else "drawn ones, in files of MNIST's format"
    parts = [
        (machine, "The machine",
         "Multiply-adds in registers, and memory that no cache holds: read; a = b + c / 2 (three "
         "arrays counted); a = c a (read and written). Of more threads also the round trip of a "
         "cache line from core to core, with which their figures swing."),
        (ae, "A training step of the auto-encoder",
         "784-256-64-256-784, tied weights, ELU, L2 term, plain SGD, float32; B is the batch. The "
         f"FLOP limit is the step's {STEP_FLOPS:,} floating-point operations per image at the "
         "machine's peak of the same round. The step by hand multiplies up to 32 rows of a thread "
         "itself; for more it calls Gradus' product, so there the ratio to it is what the "
         "framework adds, and the one to the limit tells of the product."),
        (ae64, "The same step in float64",
         "Half as many numbers fit into a vector, so the limit is twice the time."),
        (elementwise, "Element-wise work",
         "sum(elu(a b + c) d - e) and its five gradients, vectors of 10,000,000 float32. By hand "
         "it is one loop, at the limit of the memory."),
        (chain, "A deep graph",
         "A chain of pairs of (add a number, elu) on one element: built, differentiated, compiled "
         "and run once, in a process of its own. DyNet, the fastest peer here, takes 0.75 s and "
         "566 MB for 1,000,000 pairs."),
        (growth, "Growth",
         "From the first line to the end of the first run, in a process of its own: a chain of "
         "(add a number, elu) and its gradient; squares of one x, joined, and the gradient; a "
         "concat and the gradients of its parts; x taken apart, a sum over its parts from the "
         "last to the first, and the gradient; a step of Adam for as many variables; scopes "
         "inside of each other; layers of one name, each found by it; runs that each have a size "
         "of their own; placeholders that are fed and results that are fetched. The time of one "
         "must not grow with their number: `bench/run --only growth --strict` fails if it does."),
        (keeping, "A checkpoint",
         "Of variables of as many bytes, to a disk and from it again while the system still has "
         "the pages, by all cores; beside `dd conv=fsync` of zeros to a file that then takes the "
         "old one's name, and `cat` to /dev/null."),
        (small, "Small ops",
         "3,000 ops on scalars, in a run that is repeated; and a run of three, which is little "
         "but a run."),
        (epoch, "An epoch on MNIST",
         "55,000 images, batch 10: the files are read, the images shuffled, and every batch is a "
         f"step of SGD. The digits are {digits}."),
        (start, "From the start of the process to the end of the first step",
         "The auto-encoder's step at B = 10 on one thread; a process is started, does one step "
         "and ends."),
    ]
    return [Subject(of.__name__, title, text, list(of(plan))) for of, title, text in parts]
