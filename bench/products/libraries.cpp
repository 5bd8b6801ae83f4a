// Eigen for this CPU; OpenBLAS and oneDNN, where they are installed.
#include <dlfcn.h>

#if defined(GRADUS_BENCH_OPENBLAS)
#include <cblas.h>
#endif
#if defined(GRADUS_BENCH_ONEDNN)
#include <dnnl.h>
#endif

#include <gradus/op/instruction_set.h>

#include "for_set.h"

namespace gradus::bench {

template <class T>
ForSet<T> for_best_set() {
#if defined(__x86_64__)
  if (best_instruction_set() == InstructionSet::avx512)
    return {v4::multiply_with_eigen<T>, v4::peak_flops_per_second<T>};
  return {v3::multiply_with_eigen<T>, v3::peak_flops_per_second<T>};
#else
  return {plain::multiply_with_eigen<T>, plain::peak_flops_per_second<T>};
#endif
}
template ForSet<float> for_best_set();
template ForSet<double> for_best_set();

namespace {

#if defined(GRADUS_BENCH_OPENBLAS)
template <class T>
void multiply_with_openblas(const Problem& problem, const T* a, const T* b, T* c) {
  const auto size = [](std::int64_t n) { return static_cast<blasint>(n); };
  const auto& [rows, columns, depth, transpose_a, transpose_b] = problem.shape;
  const CBLAS_TRANSPOSE op_a = transpose_a ? CblasTrans : CblasNoTrans;
  const CBLAS_TRANSPOSE op_b = transpose_b ? CblasTrans : CblasNoTrans;
  const blasint a_stride = size(transpose_a ? rows : depth);
  const blasint b_stride = size(transpose_b ? depth : columns);
  if constexpr (sizeof(T) == 4)
    cblas_sgemm(CblasRowMajor, op_a, op_b, size(rows), size(columns), size(depth),
                static_cast<T>(problem.alpha), a, a_stride, b, b_stride,
                static_cast<T>(problem.beta), c, size(columns));
  else
    cblas_dgemm(CblasRowMajor, op_a, op_b, size(rows), size(columns), size(depth), problem.alpha, a,
                a_stride, b, b_stride, problem.beta, c, size(columns));
}
#endif

#if defined(GRADUS_BENCH_ONEDNN)
void multiply_with_onednn(const Problem& problem, const float* a, const float* b, float* c) {
  const auto& [rows, columns, depth, transpose_a, transpose_b] = problem.shape;
  dnnl_sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', rows, columns, depth,
             static_cast<float>(problem.alpha), a, transpose_a ? rows : depth, b,
             transpose_b ? depth : columns, static_cast<float>(problem.beta), c, columns);
}
#endif

}  // namespace

template <>
std::vector<Peer<float>> peers() {
  return {
    {"Eigen", for_best_set<float>().multiply_with_eigen},
#if defined(GRADUS_BENCH_OPENBLAS)
        {"OpenBLAS", multiply_with_openblas<float>},
#endif
#if defined(GRADUS_BENCH_ONEDNN)
        {"oneDNN", multiply_with_onednn},
#endif
  };
}

template <>
std::vector<Peer<double>> peers() {
  return {
    {"Eigen", for_best_set<double>().multiply_with_eigen},
#if defined(GRADUS_BENCH_OPENBLAS)
        {"OpenBLAS", multiply_with_openblas<double>},
#endif
  };
}

void set_peer_threads(int threads) {
#if defined(GRADUS_BENCH_OPENBLAS)
  openblas_set_num_threads(threads);
#endif
  // oneDNN takes the threads of OpenMP, which only it may bring.
  if (void* const set = dlsym(RTLD_DEFAULT, "omp_set_num_threads"))
    reinterpret_cast<void (*)(int)>(set)(threads);
}

}  // namespace gradus::bench
