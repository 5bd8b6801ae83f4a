// Goes on with the training of a model that another program built and saved, and saves it anew:
//
//   train_model OLD NEW FIRST STEPS
#include <cstdio>
#include <cstdlib>

#include "practical.h"

int main(int argc, char** argv) {
  using namespace gradus;
  if (argc != 5) return 2;
  try {
    const Model model = load_model(argv[1]);
    Session session = model.session({.threads = 1});
    train(session, model, std::atoll(argv[3]), std::atoll(argv[4]));
    save_model(argv[2], session, model.tensors());
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
