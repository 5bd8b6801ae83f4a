// A generator of points on a circle: Wasserstein GAN with gradient penalty (Gulrajani et al.,
// 2017).
#include <cmath>
#include <cstdio>
#include <numbers>

#include <gradus/gradus.h>

using namespace gradus;

Sequential mlp(const Graph& g, const std::string& name, std::int64_t outputs) {
  Sequential model(g, name);
  model.add(layers::Dense(model, 2, 64, {.activation = "relu"}));
  model.add(layers::Dense(model, 64, 64, {.activation = "relu"}));
  model.add(layers::Dense(model, 64, outputs));
  return model;
}

int main() {
  Graph g;
  Sequential generator = mlp(g, "generator", 2), critic = mlp(g, "critic", 1);
  Tensor angle = random_uniform(g, {128, 1}, 0, 2 * std::numbers::pi);
  Tensor real = concat({cos(angle), sin(angle)}, 1);
  Tensor fake = generator(random_normal(g, {128, 2}));
  Tensor t = random_uniform(g, {128, 1});
  Tensor between = t * real + (1 - t) * fake;
  Tensor slope = gradient(reduce_sum(critic(between)), between);
  Tensor penalty = reduce_mean(square(norm(slope, 2, {1}) - 1));
  Tensor of_fake = reduce_mean(critic(fake));
  Tensor loss = of_fake - reduce_mean(critic(real)) + penalty;
  const Adam adam{.learning_rate = 1e-3, .beta_1 = 0.5, .beta_2 = 0.9};
  Tensor critic_step = adam.minimize(loss, critic.trainable_variables());
  Tensor generator_step = adam.minimize(-of_fake, generator.trainable_variables());

  Session session(g, {.seed = 1});
  for (int step = 0; step < 600; ++step) {
    for (int i = 0; i < 5; ++i) session.run(critic_step);
    session.run(generator_step);
  }
  const double radius = session.run(reduce_mean(norm(fake, 2, {1}))).item();
  std::printf("mean distance from the centre: %.2f, of real points 1\n", radius);
  return std::abs(radius - 1) < 0.25 ? 0 : 1;
}
