// What the driver writes of the build, and of the CPU as Gradus sees it: lines NAME=VALUE.
#include <cstdio>
#include <string>

#include <gradus/op/instruction_set.h>

#include "contestant.h"

namespace {

int print_facts(const bench::Arguments&) {
  std::printf("Instruction set in use=%s\n",
              std::string(gradus::to_text(gradus::best_instruction_set())).c_str());
  std::printf("Compiler=%s, %s\n", GRADUS_COMPILER, GRADUS_BUILD_TYPE);
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return bench::run(argc, argv, print_facts); }
