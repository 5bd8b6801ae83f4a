// What the studies share: one command line, the data, trainings that can be interrupted and go on,
// a file of figures.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gradus/gradus.h>

#include "../program.h"

namespace study {

// Of an auto-encoder: epochs as a study would have them, and the rate that Adam begins with, which
// falls as a cosine to 0.
struct Training {
  std::int64_t epochs = 10, batch_size = 10;
  double learning_rate = 1e-3;
  bool is_constant = false;  // the rate stays
};

//   int main(int argc, char** argv) {
//     Study study("variational", "A variational auto-encoder of digits.");
//     return study.run(argc, argv, [&] { ... });
//   }
class Study {
 public:
  Study(const std::string& name, const std::string& purpose);

  // For options of its own, before run().
  example::Program& program() { return program_; }
  // Reads the command line and the data, calls the body, and writes metrics.json. The exit codes
  // are those of Program::run, and where a signal stopped a training, the shells' for it.
  int run(int argc, char** argv, const std::function<void()>& body);

  // MNIST; without it 10,000, 1,000 and 2,000 digits that the library draws. Everything is chosen
  // by the validation images. The test images are for what has been chosen, once.
  const gradus::ImageSet& train() const { return data_.train; }
  const gradus::ImageSet& validation() const { return data_.validation; }
  const gradus::ImageSet& test() const { return data_.test; }
  bool is_mnist() const { return !mnist_.empty(); }

  gradus::SessionOptions session_options() const { return {.seed = seed_, .threads = threads_}; }
  // What a study would do, unless --epochs says otherwise.
  std::int64_t epochs(std::int64_t usual) const { return epochs_ == 0 ? usual : epochs_; }
  // Falls as a cosine to 0 along so many epochs of all training images.
  gradus::LearningRate falling_rate(double initial, std::int64_t epochs,
                                    std::int64_t batch_size) const;

  // gradus::fit with progress on stderr, under this name: its checkpoints have a folder of their
  // own. Does not return if a signal stopped it.
  gradus::History fit(const std::string& name, gradus::Session& session, const gradus::Tensor& step,
                      const gradus::Tensor& loss, const std::vector<gradus::Feed>& data,
                      gradus::FitOptions options) const;
  // On all training images; after each epoch `measured` is, on the validation images.
  gradus::History train(const std::string& name, gradus::Session& session, const gradus::Tensor& x,
                        const gradus::Tensor& loss, const gradus::Tensor& measured,
                        const Training& training) const;
  // fit in two parts, for a gradus::FitLoop between them.
  gradus::CheckpointOptions checkpoint(const std::string& name) const;
  static void expect_finished(const gradus::History& history);

  // Adds to metrics.json.
  void metric(const std::string& name, example::Metric value);
  // What --save asks for: the weights of the model that the study ends with.
  void save(gradus::Session& session, const std::vector<gradus::Variable>& variables) const;
  // A file in the study's folder.
  std::filesystem::path file(const std::string& name) const;

 private:
  std::string mnist_, out_;
  std::uint64_t seed_ = 42;
  std::int64_t epochs_ = 0, images_ = 0;
  bool is_tuning_ = false;
  int threads_ = 0;
  example::Keeping keeping_;
  example::Program program_;
  gradus::Mnist data_;
  std::vector<std::pair<std::string, example::Metric>> metrics_;
};

// Eq. (1) of the class, divided by the number of pixels.
gradus::Tensor error_per_pixel(const gradus::Tensor& x_tilde, const gradus::Tensor& x);

// Points in a plane, those of each digit in a color of their own.
gradus::Plot plane(const std::string& title, const gradus::Array& points,
                   const gradus::Array& labels);

// side x side points of a square grid from -limit to limit, row by row, the first row on top:
// float32 [side * side, 2].
gradus::Array square_grid(std::int64_t side, double limit);

}  // namespace study
