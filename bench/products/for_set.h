// The functions that are compiled once for each instruction set, GRADUS_BENCH_SET.
#pragma once

#include "peers.h"

namespace gradus::bench {

#define GRADUS_BENCH_DECLARE(set)                                                 \
  namespace set {                                                                 \
  template <class T>                                                              \
  void multiply_with_eigen(const Problem& problem, const T* a, const T* b, T* c); \
  template <class T>                                                              \
  double peak_flops_per_second();                                                 \
  }
#if defined(__x86_64__)
GRADUS_BENCH_DECLARE(v3)
GRADUS_BENCH_DECLARE(v4)
#else
GRADUS_BENCH_DECLARE(plain)
#endif
#undef GRADUS_BENCH_DECLARE

}  // namespace gradus::bench
