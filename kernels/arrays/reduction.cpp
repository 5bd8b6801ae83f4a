#include <gradus/op/reduction.h>

#include <functional>

namespace gradus {
namespace {

template <class T, class Before>
void arg_reduce(const void* input, std::int64_t* y, std::int64_t outer, std::int64_t n,
                std::int64_t inner) {
  const T* x = static_cast<const T*>(input);
  for (std::int64_t o = 0; o < outer; ++o, x += n * inner, y += inner) {
    std::fill_n(y, inner, 0);
    for (std::int64_t j = 1; j < n; ++j)
      for (std::int64_t i = 0; i < inner; ++i) {
        const T best = x[y[i] * inner + i], next = x[j * inner + i];
        const bool is_first_nan = next != next && best == best;
        if (Before{}(next, best) || is_first_nan) y[i] = j;
      }
  }
}

template <template <class> class Before>
ArgReduce arg_reduce_of(DType dtype) {
  return visit(dtype, []<class T>(T) -> ArgReduce {
    if constexpr (std::same_as<T, bool>)
      return nullptr;
    else
      return arg_reduce<T, Before<T>>;
  });
}

}  // namespace

ArgReduce argmax_reduce(DType dtype) { return arg_reduce_of<std::greater>(dtype); }

ArgReduce argmin_reduce(DType dtype) { return arg_reduce_of<std::less>(dtype); }

}  // namespace gradus
