"""The step of training the auto-encoder in PyTorch, eager, as its users write it.

    python3 torch_step.py batch=10 threads=1 dtype=float32 seconds=1

Speaks as contestant.h says.
"""

import sys
import time

import numpy as np
import torch
from torch.nn.functional import elu, linear, mse_loss

INPUTS, HIDDEN, CODE = 784, 256, 64
LEARNING_RATE, DECAY = float(np.float32(0.01) / np.float32(784)), 1e-4


def numbers(stream, shape, low, high):
    """As numbers.h has them."""
    with np.errstate(over="ignore"):
        i = np.arange(int(np.prod(shape)), dtype=np.uint64) + np.uint64(stream << 32)
        z = (i + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    unit = (z >> np.uint64(40)).astype(np.float32) * np.float32(1 / 16777216)
    return (np.float32(low) + np.float32(high - low) * unit).reshape(shape)


def make_step(batch, dtype):
    def tensor(stream, shape, low, high):
        return torch.from_numpy(numbers(stream, shape, low, high)).to(dtype)

    s1, s2 = (6 / (INPUTS + HIDDEN)) ** 0.5, (6 / (HIDDEN + CODE)) ** 0.5
    W1, W2 = tensor(1, (HIDDEN, INPUTS), -s1, s1), tensor(2, (CODE, HIDDEN), -s2, s2)
    b1, b2 = tensor(3, (HIDDEN,), -0.01, 0.01), tensor(4, (CODE,), -0.01, 0.01)
    b3, b4 = tensor(5, (HIDDEN,), -0.01, 0.01), tensor(6, (INPUTS,), -0.01, 0.01)
    x = tensor(7, (batch, INPUTS), 0, 1)
    variables = [v.requires_grad_(True) for v in (W1, W2, b1, b2, b3, b4)]
    optimizer = torch.optim.SGD(variables, lr=LEARNING_RATE)

    def step():
        h1 = elu(linear(x, W1, b1))
        z = elu(linear(h1, W2, b2))
        h3 = elu(torch.addmm(b3, z, W2))
        x_tilde = elu(torch.addmm(b4, h3, W1))
        loss = mse_loss(x_tilde, x, reduction="sum") / batch
        loss = loss + DECAY * (W1.pow(2).sum() + W2.pow(2).sum())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def median_of_steps(step, seconds):
    times, start = [], time.perf_counter()
    before = start
    while not times or before - start < seconds:
        step()
        after = time.perf_counter()
        times.append(after - before)
        before = after
    if len(times) > 2:
        del times[0]
    return sorted(times)[len(times) // 2]


def peak_memory():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def main():
    arguments = dict(word.split("=") for word in sys.argv[1:])
    torch.set_num_threads(int(arguments.get("threads", 1)))
    dtype = getattr(torch, arguments.get("dtype", "float32"))
    step = make_step(int(arguments.get("batch", 10)), dtype)
    if int(arguments.get("first", 0)):
        step()
        return
    for _ in range(20):
        step()
    print("ready %.9g" % step(), flush=True)
    if "seconds" in arguments:
        print("time %.9g" % median_of_steps(step, float(arguments["seconds"])))
    else:
        for line in sys.stdin:
            print("time %.9g" % median_of_steps(step, float(line.split()[1])), flush=True)
    print("memory %d" % peak_memory())


if __name__ == "__main__":
    main()
