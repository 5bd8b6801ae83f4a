import torch
from torch.autograd.functional import hvp
from torch.nn.functional import cross_entropy

from digits import x_train, y_train

torch.manual_seed(1)


def loss_of(W):
    return cross_entropy(x_train @ W.T, y_train) + 1e-3 * (W**2).sum()


# Newton's method, whose equations conjugate gradients solve.
W = torch.zeros(10, 784)
for step in range(6):
    W.requires_grad_()
    (slope,) = torch.autograd.grad(loss_of(W), W)
    W = W.detach()
    p, r = torch.zeros_like(W), -slope
    d = r
    for i in range(10):
        Hd = hvp(loss_of, W, d)[1]
        alpha = (r * r).sum() / (d * Hd).sum()
        p = p + alpha * d
        r_next = r - alpha * Hd
        d = r_next + (r_next * r_next).sum() / (r * r).sum() * d
        r = r_next
    W = W + p
by_newton = loss_of(W).item()

W = torch.zeros(10, 784, requires_grad=True)
optimizer = torch.optim.LBFGS([W], max_iter=100, line_search_fn="strong_wolfe")


def closure():
    optimizer.zero_grad()
    loss = loss_of(W)
    loss.backward()
    return loss


optimizer.step(closure)
by_lbfgs = loss_of(W).item()
print(f"loss by Newton-CG {by_newton:.5f}, by L-BFGS {by_lbfgs:.5f}")
assert abs(by_newton - by_lbfgs) < 1e-3
