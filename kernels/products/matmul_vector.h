// Vectors of the instruction set whose unit includes this header.
//
// The product headers are included once by each unit, below a pragma that chooses its instruction
// set. All they hold is in an anonymous namespace and calls no function template of std: no code
// of one instruction set can take the place of another's.
#pragma once

#include <cstdint>
#include <type_traits>

namespace gradus {
namespace {

template <class T, int bytes>
struct VectorType {
  typedef T type __attribute__((vector_size(bytes)));
};
template <class T, int bytes>
using Vector = typename VectorType<T, bytes>::type;

template <class V, class T>
[[gnu::always_inline]] inline V load(const T* from) {
  V v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

// In a register from here on: a compiler may prefer to read memory again with each use, which is
// twice as slow where a vector lies across two lines of the cache.
template <class V>
[[gnu::always_inline]] inline V in_register(V v) {
#if defined(__x86_64__)
  asm("" : "+v"(v));
#endif
  return v;
}

template <class V, class T>
[[gnu::always_inline]] inline void store(T* to, V v) {
  __builtin_memcpy(to, &v, sizeof v);
}

template <class V, class T>
[[gnu::always_inline]] inline V broadcast(T value) {
  return value - V{};  // not `+`: -0 stays -0
}

// Into the L2 cache. GCC drops a loop that does nothing else, if nothing in it is volatile.
[[gnu::always_inline]] inline void prefetch(const void* line) {
  __builtin_prefetch(line, 0, 2);
  asm volatile("");
}

constexpr std::int64_t smaller(std::int64_t a, std::int64_t b) { return a < b ? a : b; }
constexpr std::int64_t larger(std::int64_t a, std::int64_t b) { return a < b ? b : a; }
constexpr std::int64_t pieces_of(std::int64_t total, std::int64_t most) {
  return (total + most - 1) / most;
}
// Where part i begins when a total is cut into parts that differ by at most 1.
constexpr std::int64_t part_begin(std::int64_t total, std::int64_t parts, std::int64_t i) {
  return total / parts * i + smaller(i, total % parts);
}

}  // namespace
}  // namespace gradus
