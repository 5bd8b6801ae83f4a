// One epoch of training on MNIST: the files are read, the images shuffled, every batch is a step.
//
//   epoch mnist=FOLDER batch=10 threads=1 images=55000
//
// Without `mnist`, digits are drawn and written to the folder `drawn` in MNIST's format, once.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include <gradus/gradus.h>

#include "contestant.h"
#include "numbers.h"

using namespace gradus;

namespace {

namespace fs = std::filesystem;

void write_big_endian(std::ofstream& out, std::int64_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.put(static_cast<char>(value >> shift & 0xFF));
}

void write_images(const fs::path& file, const Array& images) {
  std::ofstream out(file, std::ios::binary);
  for (const std::int64_t word :
       {std::int64_t{0x803}, images.shape()[0], std::int64_t{28}, std::int64_t{28}})
    write_big_endian(out, word);
  for (const float pixel : images.values<float>())
    out.put(static_cast<char>(std::lround(pixel * 255)));
}

void write_labels(const fs::path& file, const Array& labels) {
  std::ofstream out(file, std::ios::binary);
  write_big_endian(out, 0x801);
  write_big_endian(out, labels.shape()[0]);
  for (const std::int64_t label : labels.values<std::int64_t>()) out.put(static_cast<char>(label));
}

void draw_digits(const fs::path& folder, std::int64_t images) {
  if (fs::exists(folder / "t10k-labels-idx1-ubyte")) return;
  fs::create_directories(folder);
  const Mnist digits = generated_digits(42, {.train = images, .validation = 0, .test = 10});
  write_images(folder / "train-images-idx3-ubyte", digits.train.images);
  write_labels(folder / "train-labels-idx1-ubyte", digits.train.labels);
  write_images(folder / "t10k-images-idx3-ubyte", digits.test.images);
  write_labels(folder / "t10k-labels-idx1-ubyte", digits.test.labels);
}

int measure(const bench::Arguments& arguments) {
  const std::string drawn = arguments.text("drawn", "digits");
  const std::string mnist = arguments.text("mnist", drawn);
  const std::int64_t images = arguments.number("images", 55'000);
  // The training file holds more images than that: 5,000 for validation.
  const std::int64_t validation = std::min<std::int64_t>(5'000, images / 10);
  if (mnist == drawn) draw_digits(drawn, images + validation);

  Graph g;
  Tensor x = g.placeholder("x", {any_size, bench::inputs});
  models::AutoEncoder ae(g, {bench::inputs, bench::hidden, bench::code});
  Tensor loss =
      reconstruction_error(ae(x), x) + double{bench::decay} * l2(ae.trainable_variables("W*"));
  Tensor step = SGD{.learning_rate = bench::learning_rate}.minimize(loss);
  Session session(g, {.seed = 42, .threads = static_cast<int>(arguments.number("threads", 1))});
  std::int64_t epoch = 0;
  return bench::serve(arguments, 0, [&] {
    const Mnist digits = read_mnist(mnist, validation);
    double last = 0;
    for (const Array& batch : digits.train.batches(arguments.number("batch", 10), epoch++))
      last = session.run({loss, step}, {{x, batch}})[0].item<double>();
    return last;
  });
}

}  // namespace

int main(int argc, char** argv) { return bench::run(argc, argv, measure); }
