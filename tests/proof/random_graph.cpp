#include "proof/random_graph.h"

#include <fmt/format.h>

#include <gradus/ops.h>

namespace gradus::proof {

Report check_random_graphs(std::uint64_t first, std::int64_t count) {
  Report report;
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(count); ++seed) {
    const Program program = random_program(seed);
    ++report.checked;
    if (!fault_of(program)) continue;
    const Program smallest = shrunk(program);
    report.fail(fmt::format("random graph of seed {}, shrunk to {} steps: {}\n{}", seed,
                            smallest.steps.size(), fault_of(smallest).value_or("(vanished)"),
                            to_text(smallest)));
  }
  return report;
}

Tensor loss_of(const Tensors& tensors) {
  Tensor loss;
  for (const Tensor& x : tensors)
    if (is_float(x.dtype())) {
      const Tensor part = 0.5 * reduce_sum(square(cast(x, float64)));
      loss = loss ? loss + part : part;
    }
  return loss;
}

}  // namespace gradus::proof
