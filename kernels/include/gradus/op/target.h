// One loop compiled for every instruction set, in one source file that is built without flags.
//
//   struct Twice {
//     template <InstructionSet set>
//     [[gnu::always_inline]] static void run(const float* x, float* y, std::int64_t n);
//   };
//   using F = void (*)(const float*, float*, std::int64_t);
//   constexpr std::array<F, instruction_set_count> twice = compile_for_each_set<F, Twice>();
#pragma once

#include <array>

#include <gradus/op/instruction_set.h>

namespace gradus {

// `target` lets the loop use the instructions, `flatten` pulls the calls into it. The name of each
// function carries its instruction set, so the linker never takes one for another. A loop may call
// another one's Target.
template <InstructionSet set>
struct Target {
  template <class Loop, class... Arguments>
  [[gnu::noinline, gnu::flatten]] static void run(Arguments... arguments) {
    Loop::template run<set>(arguments...);
  }
};

#if defined(__x86_64__)
template <>
struct Target<InstructionSet::avx2> {
  template <class Loop, class... Arguments>
  [[gnu::target("avx2,fma"), gnu::noinline, gnu::flatten]] static void run(Arguments... arguments) {
    Loop::template run<InstructionSet::avx2>(arguments...);
  }
};

template <>
struct Target<InstructionSet::avx512> {
  template <class Loop, class... Arguments>
  [[gnu::target("avx2,fma,avx512f,avx512vl,avx512dq,avx512bw"), gnu::noinline,
    gnu::flatten]] static void
  run(Arguments... arguments) {
    Loop::template run<InstructionSet::avx512>(arguments...);
  }
};
#endif

// By instruction set; null for those of another architecture.
template <class Function, class Loop>
constexpr std::array<Function, instruction_set_count> compile_for_each_set() {
#if defined(__x86_64__)
  return {&Target<InstructionSet::baseline>::template run<Loop>,
          &Target<InstructionSet::avx2>::template run<Loop>,
          &Target<InstructionSet::avx512>::template run<Loop>};
#else
  return {&Target<InstructionSet::baseline>::template run<Loop>, nullptr, nullptr};
#endif
}

}  // namespace gradus
