import torch
from torch import nn
from torch.nn.functional import mse_loss
from torch.utils.data import DataLoader

from digits import x_test, x_train

torch.manual_seed(1)


class Bits(torch.autograd.Function):
    @staticmethod
    def forward(context, x):
        return (x > 0).float()

    @staticmethod
    def backward(context, slope):
        return slope


encoder = nn.Sequential(nn.Linear(784, 128), nn.Tanh(), nn.Linear(128, 64))
decoder = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 784))
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3)
for epoch in range(5):
    for x in DataLoader(x_train, batch_size=50, shuffle=True):
        loss = mse_loss(decoder(Bits.apply(encoder(x))), x)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

with torch.no_grad():
    error = mse_loss(decoder(Bits.apply(encoder(x_test))), x_test).item()
print(f"error per pixel with a code of 64 bits: {error:.4f}")
assert error < 0.06
