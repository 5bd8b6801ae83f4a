// The products of other libraries, all in the form of Gradus' own.
#pragma once

#include <vector>

#include "kernels/products/matmul.h"

namespace gradus::bench {

// c = alpha op(a) op(b) + beta c.
struct Problem {
  MatmulShape shape;
  double alpha = 1, beta = 0;
};

template <class T>
using Multiply = void (*)(const Problem&, const T* a, const T* b, T* c);

template <class T>
struct Peer {
  const char* name;
  Multiply<T> multiply;
};

// What is compiled once for each instruction set.
template <class T>
struct ForSet {
  Multiply<T> multiply_with_eigen;
  // FLOP/s of one core that only multiplies and adds in registers.
  double (*peak_flops_per_second)();
};
// For this CPU.
template <class T>
ForSet<T> for_best_set();

// Eigen, and the libraries that were found when this was built.
template <class T>
std::vector<Peer<T>> peers();

// Of the threads that the libraries start themselves.
void set_peer_threads(int threads);

}  // namespace gradus::bench
