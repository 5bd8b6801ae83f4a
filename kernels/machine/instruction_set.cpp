#include <gradus/op/instruction_set.h>

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include <gradus/error.h>

namespace gradus {
namespace {

InstructionSet best_of_cpu() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
    return InstructionSet::baseline;
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
  return avx512 ? InstructionSet::avx512 : InstructionSet::avx2;
#else
  return InstructionSet::baseline;
#endif
}

// The set of this name.
InstructionSet named(std::string_view name) {
  for (const InstructionSet set :
       {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512})
    if (name == to_text(set)) return set;
  throw GraphError(fmt::format(
      "$GRADUS_INSTRUCTION_SET is \"{}\"; instruction sets are baseline, avx2, avx512", name));
}

}  // namespace

InstructionSet best_instruction_set() {
  const char* const most = std::getenv("GRADUS_INSTRUCTION_SET");
  return most == nullptr || *most == 0 ? best_of_cpu() : std::min(best_of_cpu(), named(most));
}

std::vector<InstructionSet> available_instruction_sets() {
  std::vector<InstructionSet> sets{InstructionSet::baseline};
  for (const InstructionSet set : {InstructionSet::avx2, InstructionSet::avx512})
    if (set <= best_instruction_set()) sets.push_back(set);
  return sets;
}

std::string_view to_text(InstructionSet set) {
  constexpr std::string_view names[] = {"baseline", "avx2", "avx512"};
  return names[static_cast<std::size_t>(set)];
}

}  // namespace gradus
