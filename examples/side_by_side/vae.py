import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.utils.data import DataLoader

from digits import x_test, x_train

torch.manual_seed(1)


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(784, 400)
        self.mean, self.log_variance = nn.Linear(400, 20), nn.Linear(400, 20)
        self.decoder = nn.Sequential(nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784))

    def loss(self, x):
        h = torch.relu(self.hidden(x))
        mean, log_variance = self.mean(h), self.log_variance(h)
        z = mean + torch.exp(log_variance / 2) * torch.randn_like(mean)
        error = binary_cross_entropy_with_logits(self.decoder(z), x, reduction="none").sum(1)
        divergence = (mean**2 + log_variance.exp() - 1 - log_variance).sum(1) / 2
        return (error + divergence).mean()


model = VAE()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(3):
    for x in DataLoader(x_train, batch_size=50, shuffle=True):
        loss = model.loss(x)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

with torch.no_grad():
    bound = model.loss(x_test).item()
print(f"negative evidence lower bound of the test digits: {bound:.1f}")
assert bound < 200
