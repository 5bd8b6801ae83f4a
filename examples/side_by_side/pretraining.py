import torch
from torch import nn
from torch.nn.functional import cross_entropy, mse_loss
from torch.utils.data import DataLoader, TensorDataset

from digits import x_test, x_train, y_test, y_train

torch.manual_seed(1)


def train(parameters, loss_of, data, epochs):
    optimizer = torch.optim.Adam(parameters, lr=1e-3)
    for epoch in range(epochs):
        for batch in DataLoader(data, batch_size=20, shuffle=True):
            loss = loss_of(*batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


few = TensorDataset(x_train[:100], y_train[:100])
rights = []
for is_pretrained in [False, True]:
    encoder = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 32), nn.ReLU())
    decoder = nn.Sequential(nn.Linear(32, 128), nn.ReLU(), nn.Linear(128, 784))
    classifier = nn.Sequential(encoder, nn.Linear(32, 10))
    if is_pretrained:
        autoencoder = nn.Sequential(nn.Dropout(0.5), encoder, decoder)
        train(autoencoder.parameters(), lambda x: mse_loss(autoencoder(x), x), TensorDataset(x_train), 10)
    train(classifier.parameters(), lambda x, digit: cross_entropy(classifier(x), digit), few, 40)
    with torch.no_grad():
        rights.append((classifier(x_test).argmax(1) == y_test).float().mean().item())
print("of 100 labels {:.1f} %, after pre-training {:.1f} %".format(*[100 * r for r in rights]))
assert min(rights) > 0.5
