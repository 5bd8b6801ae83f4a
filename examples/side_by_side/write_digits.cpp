// Writes digits.npz, which the PyTorch programs beside train on.
#include <gradus/gradus.h>

using namespace gradus;

int main() {
  const auto [train, validation, test] =
      generated_digits(1, {.train = 5000, .validation = 0, .test = 1000});
  const std::vector<NamedArray> arrays{{"x_train", train.images},
                                       {"y_train", train.labels},
                                       {"x_test", test.images},
                                       {"y_test", test.labels}};
  write_npz("digits.npz", arrays);
}
