import math

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.optim.swa_utils import AveragedModel
from torch.utils.data import DataLoader, TensorDataset

from digits import x_test, x_train, y_test, y_train

torch.manual_seed(1)

model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
average = AveragedModel(model, avg_fn=lambda mean, now, count: 0.99 * mean + 0.01 * now)
weights = [p for name, p in model.named_parameters() if name.endswith("weight")]
biases = [p for name, p in model.named_parameters() if name.endswith("bias")]
groups = [{"params": weights, "weight_decay": 0.01}, {"params": biases, "weight_decay": 0}]
optimizer = torch.optim.AdamW(groups, lr=2e-3)


def rate(step, warmup=50, steps=450):
    if step < warmup:
        return step / warmup
    return (1 + math.cos(math.pi * min((step - warmup) / steps, 1))) / 2


scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
batches = DataLoader(TensorDataset(x_train, y_train), batch_size=50, shuffle=True)
for epoch in range(5):
    for x, digit in batches:
        loss = cross_entropy(model(x), digit)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        average.update_parameters(model)

with torch.no_grad():
    right = (average(x_test).argmax(1) == y_test).float().mean().item()
print(f"{100 * right:.1f} % of the test digits are recognised by the averaged weights")
assert right > 0.9
