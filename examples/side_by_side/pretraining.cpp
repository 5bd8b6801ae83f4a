// A classifier of few labels, from nothing and from the encoder of a denoising auto-encoder.
#include <cstdio>

#include <gradus/gradus.h>

using namespace gradus;

int main() {
  const auto [train, validation, test] =
      generated_digits(1, {.train = 5000, .validation = 0, .test = 1000});

  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784}), digit = g.placeholder("digit", {any_size}, int64);
  Sequential encoder(g, "encoder"), decoder(g, "decoder");
  encoder.add(layers::Dense(encoder, 784, 128, {.activation = "relu"}));
  encoder.add(layers::Dense(encoder, 128, 32, {.activation = "relu"}));
  decoder.add(layers::Dense(decoder, 32, 128, {.activation = "relu"}));
  decoder.add(layers::Dense(decoder, 128, 784));
  layers::Dense classifier(g, 32, 10);
  Tensor logits = classifier(encoder(x));
  Tensor error = reduce_mean(square(decoder(encoder(dropout(x, 0.5))) - x));
  Tensor loss = reduce_mean(sparse_softmax_cross_entropy_with_logits(digit, logits));
  Tensor reconstruct = Adam{.learning_rate = 1e-3}.minimize(error);
  Tensor classify = Adam{.learning_rate = 1e-3}.minimize(loss);

  double rights[2];
  for (const bool is_pretrained : {false, true}) {
    Session session(g, {.seed = 1});
    if (is_pretrained)
      fit(session, reconstruct, error, {{x, train.images}}, {.epochs = 10, .batch_size = 20});
    fit(session, classify, loss,
        {{x, train.images.rows(0, 100)}, {digit, train.labels.rows(0, 100)}},
        {.epochs = 40, .batch_size = 20});
    rights[is_pretrained] =
        evaluate(session, accuracy(digit, logits), {{x, test.images}, {digit, test.labels}});
  }
  std::printf("of 100 labels %.1f %%, after pre-training %.1f %%\n", 100 * rights[0],
              100 * rights[1]);
  return rights[0] > 0.5 && rights[1] > 0.5 ? 0 : 1;
}
