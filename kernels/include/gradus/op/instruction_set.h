// The vector instructions that a kernel is built for; which of them this CPU has is asked at run
// time.
//
//   Tile tile = kernel.tile(float32, best_instruction_set());
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace gradus {

// avx2 is with fma; avx512 is with F, VL, DQ and BW. On AArch64 the baseline is NEON.
enum class InstructionSet : std::uint8_t { baseline, avx2, avx512 };

inline constexpr std::size_t instruction_set_count = 3;

// Whether a b + c is rounded once.
constexpr bool has_fma(InstructionSet set) {
#if defined(__aarch64__)
  return set == InstructionSet::baseline;
#else
  return set != InstructionSet::baseline;
#endif
}

// The last of the available ones: the CPU's best, or what $GRADUS_INSTRUCTION_SET names, if less.
InstructionSet best_instruction_set();
// All up to that one, the baseline first.
std::vector<InstructionSet> available_instruction_sets();

// "baseline", "avx2", "avx512".
std::string_view to_text(InstructionSet set);

}  // namespace gradus
