import torch
from torch import nn
from torch.nn.functional import mse_loss
from torch.utils.data import DataLoader

from digits import x_test, x_train

torch.manual_seed(1)


def train(model, loss_of, epochs):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(epochs):
        for x in DataLoader(x_train, batch_size=50, shuffle=True):
            loss = loss_of(x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def test_error(model, x):
    with torch.no_grad():
        return mse_loss(model(x), x_test).item()


def noisy(x):
    return x + 0.3 * torch.randn_like(x)


convolutional = nn.Sequential(
    nn.Unflatten(1, (1, 28, 28)),
    nn.Conv2d(1, 8, 3, stride=2, padding=1),
    nn.ELU(),
    nn.Conv2d(8, 4, 3, stride=2, padding=1),
    nn.ELU(),
    nn.ConvTranspose2d(4, 8, 3, stride=2, padding=1, output_padding=1),
    nn.ELU(),
    nn.ConvTranspose2d(8, 1, 3, stride=2, padding=1, output_padding=1),
    nn.Flatten(),
)
train(convolutional, lambda x: mse_loss(convolutional(x), x), epochs=2)

denoising = nn.Sequential(nn.Linear(784, 256), nn.ELU(), nn.Linear(256, 784))
train(denoising, lambda x: mse_loss(denoising(noisy(x)), x), epochs=3)

encoder = nn.Sequential(nn.Linear(784, 256), nn.Sigmoid())
decoder = nn.Linear(256, 784)
sparse = nn.Sequential(encoder, decoder)


def sparse_loss(x):
    code = encoder(x)
    rho, mean = 0.05, code.mean(0)
    divergence = rho * torch.log(rho / mean) + (1 - rho) * torch.log((1 - rho) / (1 - mean))
    return mse_loss(decoder(code), x) + 1e-3 * divergence.sum()


train(sparse, sparse_loss, epochs=3)
errors = [test_error(convolutional, x_test), test_error(denoising, noisy(x_test))]
errors.append(test_error(sparse, x_test))
print("error per pixel: convolutional {:.4f}, denoising {:.4f}, sparse {:.4f}".format(*errors))
assert errors[0] < 0.04 and errors[1] < 0.05 and errors[2] < 0.05
