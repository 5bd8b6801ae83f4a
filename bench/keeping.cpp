// A checkpoint beside the system's own programs: one of them, on a file of as many bytes. Writes
// "time SECONDS" and "memory BYTES" of this process.
//
//   keeping what=save|dd|load|cat bytes=1000000000 file=build/keeping.safetensors
//
// `load` and `cat` read what `save` left; `dd` writes zeros beside it, syncs, and renames, too.
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>

#include <fmt/format.h>

#include <gradus/gradus.h>

#include "contestant.h"

using namespace gradus;

namespace {

double seconds(const std::function<void()>& what) {
  const double start = bench::now();
  what();
  return bench::now() - start;
}

void shell(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

int measure(const bench::Arguments& arguments) {
  const std::string what = arguments.text("what", "save");
  const std::string file = arguments.text("file", "build/keeping.safetensors");
  constexpr std::int64_t parts = 16;
  const std::int64_t bytes = arguments.number("bytes", 1'000'000'000), size = bytes / parts / 4;

  Graph g;
  for (std::int64_t i = 0; i < parts; ++i) g.variable(fmt::format("W{}", i), ones({size}));
  Session session(g);
  double time = 0;
  if (what == "save") {
    for (const Variable& v : g.variables()) session.set(v, Array::full({size}, 0.5));
    time = seconds([&] { save_checkpoint(file, session); });
  } else if (what == "load") {
    time = seconds([&] { load_checkpoint(file, session); });
  } else if (what == "dd") {
    time = seconds([&] {
      shell(
          fmt::format("dd if=/dev/zero of='{0}.new' bs=1M count={1} conv=fsync status=none && "
                      "mv '{0}.new' '{0}.dd'",
                      file, (bytes >> 20) + 1));
    });
  } else if (what == "cat") {
    time = seconds([&] { shell(fmt::format("cat '{}' > /dev/null", file)); });
  } else {
    throw std::invalid_argument("no such work: " + what);
  }
  std::printf("ready 1\ntime %.9g\nmemory %lld\n", time,
              static_cast<long long>(bench::peak_memory()));
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return bench::run(argc, argv, measure); }
