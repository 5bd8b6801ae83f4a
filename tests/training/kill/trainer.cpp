// trainer FOLDER EPOCHS THREADS: trains, with a checkpoint after each step, or goes on; prints all
// bits of the result. Exit codes and errors as of the example programs.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "training/small_training.h"

int main(int argc, char** argv) {
  using namespace gradus;
  if (argc != 4) return 3;
  try {
    SmallTraining training("adam", "dropout", std::atoi(argv[3]));
    const History history =
        training.train({.folder = argv[1], .every = 1, .keep_last = 1}, std::atoi(argv[2]));
    if (history.was_interrupted) return 128 + history.signal;
    for (const char c : training.bits()) std::printf("%02x", static_cast<unsigned char>(c));
    for (const double loss : history.losses) std::printf(" %a", loss);
    for (const double loss : history.validation_losses) std::printf(" %a", loss);
    std::printf(" %lld\n", static_cast<long long>(history.steps));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "trainer: %s\n", error.what());
    return 2;
  }
}
