import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

from digits import x_test, x_train, y_test, y_train

torch.manual_seed(1)

model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
batches = DataLoader(TensorDataset(x_train, y_train), batch_size=50, shuffle=True)
for epoch in range(5):
    for x, digit in batches:
        loss = cross_entropy(model(x), digit)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

with torch.no_grad():
    right = (model(x_test).argmax(1) == y_test).float().mean().item()
print(f"{100 * right:.1f} % of the test digits are recognised")
assert right > 0.9
