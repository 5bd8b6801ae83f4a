import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

from digits import x_test, x_train, y_test, y_train

torch.manual_seed(1)


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(28, 64, batch_first=True)
        self.out = nn.Linear(64, 10)

    def forward(self, x):
        sequence, state = self.lstm(x.reshape(-1, 28, 28))
        return self.out(sequence[:, -1])


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
batches = DataLoader(TensorDataset(x_train, y_train), batch_size=50, shuffle=True)
for epoch in range(3):
    for x, digit in batches:
        loss = cross_entropy(model(x), digit)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

with torch.no_grad():
    right = (model(x_test).argmax(1) == y_test).float().mean().item()
print(f"{100 * right:.1f} % of the test digits are recognised")
assert right > 0.8
