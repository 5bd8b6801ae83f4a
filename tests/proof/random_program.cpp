#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/op/records.h>
#include <gradus/random.h>

#include "proof/random_graph.h"
#include "proof/samples.h"

namespace gradus::proof {
namespace {

constexpr Real largest = 30;  // larger numbers only compare rounding
constexpr std::int64_t max_elements = 120;

// The dtype in which a proof's op takes part.
DType dtype_of(const Proof& proof) {
  const bool takes_floats = std::ranges::find(proof.dtypes, float64) != proof.dtypes.end();
  return takes_floats ? float64 : proof.dtypes.back();
}

bool suits(const Domain& domain, DType wanted, const Value& value, DType dtype) {
  if (dtype != domain.dtype.value_or(wanted)) return false;
  if (dtype == boolean) return true;
  return std::ranges::all_of(value.at, [&](Real v) {
    const bool is_away =
        std::ranges::none_of(domain.kinks, [v](double kink) { return std::abs(v - kink) < 0.02L; });
    return v >= domain.low && v <= domain.high && (is_away || dtype != float64);
  });
}

class Generator {
 public:
  Generator(std::uint64_t seed, const std::vector<Shape>& shapes)
      : random_(seed, "random program"), shapes_(shapes) {
    const std::int64_t sources = 3 + below(3);
    for (std::int64_t i = 0; i < sources; ++i) add_source(i);
    const std::int64_t steps = 4 + below(16);
    for (std::int64_t tries = 0; std::ssize(program_.steps) < steps && tries < 20 * steps; ++tries)
      try_step();
  }
  Program take() { return std::move(program_); }

 private:
  std::int64_t below(std::int64_t n) { return random_.below(n); }

  void add_source(std::int64_t i) {
    const DType dtype = i == 1 && below(2) == 0   ? int64
                        : i == 2 && below(2) == 0 ? boolean
                                                  : float64;
    const Domain domain{.low = dtype == int64 ? 0.0 : -2, .high = 2};
    // Named first: compilers differ in which argument they evaluate first.
    const std::string name = fmt::format("source {} {}", i, random_.bits());
    const Shape& shape = shapes_[static_cast<std::size_t>(below(std::ssize(shapes_)))];
    const Array value = sample(domain, shape, dtype, name);
    program_.sources.push_back({value_of(value), dtype, dtype == float64 && below(2) == 0});
    values_.push_back(program_.sources.back().value);
    built_.tensors.push_back(gradus::proof::add_source(built_, program_.sources.back()));
  }

  // Sums of products are what a pass looks for, and among all proofs hardly ever come together.
  const Proof& choose_proof() {
    const std::vector<Proof>& proofs = all_proofs();
    constexpr const Op* linear[] = {&matmul_op, &add_op, &subtract_op, &negative_op, &multiply_op};
    const bool is_linear = below(3) == 0;
    for (;;) {
      const Proof& proof = proofs[static_cast<std::size_t>(below(std::ssize(proofs)))];
      if (!is_linear || std::ranges::find(linear, proof.op) != std::end(linear)) return proof;
    }
  }

  void try_step() {
    const Proof& proof = choose_proof();
    // A derivative by decree, not by mathematics.
    if (proof.op == &stop_gradient_op) return;
    Program::Step step{&proof, {}};
    for (const Domain& domain : proof.operands) {
      const std::size_t k = choose(domain, dtype_of(proof));
      if (k == values_.size()) return;
      step.operands.push_back(k);
    }
    try {
      const Tensor y = proof.call(operands_of(step, built_.tensors));
      if (y.shape().element_count() > max_elements) return;
      // An index out of range, a division by 0: refused in the run, and no question to an oracle.
      const bool has_integers = std::ranges::any_of(
          step.operands, [&](std::size_t k) { return is_integer(built_.tensors[k].dtype()); });
      if (has_integers) Session(built_.graph, {.threads = 1}).run(y, built_.feeds);
      Value value = value_of_step(step, values_);
      const bool is_small =
          std::ranges::all_of(value.at, [](Real v) { return std::abs(v) < largest; });
      if (!is_small) return;
      built_.tensors.push_back(y);
      values_.push_back(std::move(value));
      program_.steps.push_back(std::move(step));
    } catch (const Error&) {
      // These operands do not fit each other.
    }
  }

  // A value that suits, later ones as often as all before; values_.size() if none was found.
  std::size_t choose(const Domain& domain, DType wanted) {
    for (int tries = 0; tries < 12; ++tries) {
      const std::int64_t n = std::ssize(values_);
      const auto k = static_cast<std::size_t>(std::max(below(n), below(n)));
      if (suits(domain, wanted, values_[k], built_.tensors[k].dtype())) return k;
    }
    return values_.size();
  }

  Random random_;
  const std::vector<Shape>& shapes_;
  Program program_;
  Built built_;
  Values values_;
};

}  // namespace

Program random_program(std::uint64_t seed, const std::vector<Shape>& shapes) {
  return Generator(seed, shapes).take();
}

}  // namespace gradus::proof
