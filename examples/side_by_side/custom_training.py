import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

from digits import x_test, x_train, y_test, y_train

torch.manual_seed(1)

model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
velocities = [torch.zeros_like(W) for W in model.parameters()]
batches = DataLoader(TensorDataset(x_train, y_train), batch_size=50, shuffle=True)
for epoch in range(3):
    for x, digit in batches:
        loss = cross_entropy(model(x), digit)
        slopes = torch.autograd.grad(loss, model.parameters())
        with torch.no_grad():
            for W, slope, velocity in zip(model.parameters(), slopes, velocities):
                velocity.mul_(0.9).sub_(0.05 * slope)
                W.add_(velocity)
    print(f"epoch {epoch + 1}: loss of the last batch {loss.item():.3f}")

with torch.no_grad():
    right = (model(x_test).argmax(1) == y_test).float().mean().item()
print(f"{100 * right:.1f} % of the test digits are recognised")
assert right > 0.9
