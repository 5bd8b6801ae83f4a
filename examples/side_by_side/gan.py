import math

import torch
from torch import nn

torch.manual_seed(1)


def mlp(outputs):
    return nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, outputs))


generator, critic = mlp(2), mlp(1)
generator_optimizer = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.9))
critic_optimizer = torch.optim.Adam(critic.parameters(), lr=1e-3, betas=(0.5, 0.9))
for step in range(600):
    for i in range(5):
        angle = 2 * math.pi * torch.rand(128, 1)
        real = torch.cat([torch.cos(angle), torch.sin(angle)], 1)
        fake = generator(torch.randn(128, 2)).detach()
        t = torch.rand(128, 1)
        between = (t * real + (1 - t) * fake).requires_grad_()
        (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
        penalty = ((slope.norm(dim=1) - 1) ** 2).mean()
        loss = critic(fake).mean() - critic(real).mean() + penalty
        critic_optimizer.zero_grad()
        loss.backward()
        critic_optimizer.step()
    loss = -critic(generator(torch.randn(128, 2))).mean()
    generator_optimizer.zero_grad()
    loss.backward()
    generator_optimizer.step()

radius = generator(torch.randn(128, 2)).norm(dim=1).mean().item()
print(f"mean distance from the centre: {radius:.2f}, of real points 1")
assert abs(radius - 1) < 0.25
