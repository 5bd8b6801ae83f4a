#include "contestants.h"

#include <string_view>

#include <gradus/op/instruction_set.h>

namespace bench {
namespace {

bool has_avx512() { return gradus::best_instruction_set() == gradus::InstructionSet::avx512; }

// The suffix of the programs that are compiled for this CPU.
std::string suffix() {
#if defined(__x86_64__)
  return has_avx512() ? "_v4" : "_v3";
#else
  return "";
#endif
}

Words command(const std::filesystem::path& program, const Words& arguments, int threads) {
  Words words{program.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  words.push_back("threads=" + std::to_string(threads));
  return words;
}

// Where Debian keeps the alternatives of libblas.so.3.
std::string blas_folder(const std::string& name) {
  for (const char* architecture : {"x86_64-linux-gnu", "aarch64-linux-gnu"}) {
    const std::filesystem::path folder = std::filesystem::path("/usr/lib") / architecture / name;
    if (std::filesystem::exists(folder / "libblas.so.3")) return folder.string();
  }
  return "";
}

// Buffers are used again instead of going back to the system, which would clear them each time. An
// OpenBLAS that is older than the CPU falls back to kernels for SSE3, if it is not told better.
Words environment(const Setting& setting, int threads) {
  const std::string count = std::to_string(threads);
  Words all{"OMP_NUM_THREADS=" + count, "OPENBLAS_NUM_THREADS=" + count,
            "BLIS_NUM_THREADS=" + count};
  if (setting.keeps_memory)
    for (const char* word : {"MALLOC_MMAP_THRESHOLD_=4294967296",
                             "MALLOC_TRIM_THRESHOLD_=8589934592", "MALLOC_TOP_PAD_=268435456"})
      all.emplace_back(word);
  if (setting.keeps_memory && has_avx512()) all.emplace_back("OPENBLAS_CORETYPE=SkylakeX");
  if (!setting.blas.empty()) all.push_back("LD_LIBRARY_PATH=" + blas_folder(setting.blas));
  return all;
}

Contestant peer(const std::string& name, const Setting& setting, const Words& words, int threads,
                const std::string& package) {
  Contestant all{.name = name + setting.name,
                 .command = words,
                 .environment = environment(setting, threads),
                 .threads = threads,
                 .package = package};
  if (!setting.blas.empty() && blas_folder(setting.blas).empty()) {
    all.command[0] = "/no/" + setting.blas;
    all.package = setting.package;
  }
  return all;
}

}  // namespace

Contestant gradus_program(const Plan& plan, const std::string& program, const Words& arguments,
                          int threads) {
  return {.name = gradus,
          .command = command(plan.programs / program, arguments, threads),
          .threads = threads};
}

Contestant hand_program(const Plan& plan, const std::string& name, const std::string& program,
                        const Words& arguments, int threads) {
  return {.name = name,
          .command = command(plan.programs / (program + suffix()), arguments, threads),
          .threads = threads,
          .agrees = name != peak};
}

Contestant libtorch_program(const Plan& plan, const std::string& program, const Setting& setting,
                            const Words& arguments, int threads) {
  return peer("libtorch", setting, command(plan.programs / program, arguments, threads), threads,
              "libtorch-dev");
}

Contestant pytorch_program(const Plan& plan, const std::string& program, const Setting& setting,
                           const Words& arguments, int threads) {
  Words words = command(plan.sources / program, arguments, threads);
  words.insert(words.begin(), "/usr/bin/python3");
  return peer("PyTorch", setting, words, threads, "python3-torch");
}

std::vector<Setting> settings(int threads) {
  std::vector<Setting> all{{.name = ", as shipped"},
                           {.name = ", tuned", .keeps_memory = true},
                           {.name = ", tuned, BLIS",
                            .keeps_memory = true,
                            .blas = "blis-openmp",
                            .package = "libblis4-openmp"}};
  if (threads > 1)
    all[1] = {.name = ", tuned, OpenMP",
              .keeps_memory = true,
              .blas = "openblas-openmp",
              .package = "libopenblas0-openmp"};
  return all;
}

}  // namespace bench
