// Methods of second order for softmax regression: Newton-CG, and L-BFGS.
#include <cmath>
#include <cstdio>

#include <gradus/gradus.h>

using namespace gradus;

Tensor dot(Tensor a, Tensor b) { return reduce_sum(a * b); }

int main() {
  const auto [train, validation, test] =
      generated_digits(1, {.train = 5000, .validation = 0, .test = 0});

  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784}), digit = g.placeholder("digit", {any_size}, int64);
  Variable W = g.variable("W", zeros({10, 784}));
  Tensor logits = matmul(x, W, {.transpose_b = true});
  Tensor cross_entropy = sparse_softmax_cross_entropy_with_logits(digit, logits);
  Tensor loss = reduce_mean(cross_entropy) + 1e-3 * l2({W});

  // Newton's method, whose equations conjugate gradients solve.
  Tensor p = zeros_like(W), r = -gradient(loss, W), d = r;
  for (int i = 0; i < 10; ++i) {
    Tensor curved = hvp(loss, {W}, {d})[0];
    Tensor alpha = dot(r, r) / dot(d, curved);
    p += alpha * d;
    Tensor r_next = r - alpha * curved;
    d = r_next + dot(r_next, r_next) / dot(r, r) * d;
    r = r_next;
  }
  Tensor step = assign(W, W + p);

  const std::vector<Feed> data{{x, train.images}, {digit, train.labels}};
  Session session(g);
  for (int i = 0; i < 6; ++i) session.run(step, data);
  const double by_newton = session.run(loss, data).item();

  session.set(W, Array::zeros({10, 784}));
  const double by_lbfgs = Lbfgs(loss, {W}).minimize(session, data).loss();
  std::printf("loss by Newton-CG %.5f, by L-BFGS %.5f\n", by_newton, by_lbfgs);
  return std::abs(by_newton - by_lbfgs) < 1e-3 ? 0 : 1;
}
