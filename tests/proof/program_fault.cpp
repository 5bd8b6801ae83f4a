#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/gradients.h>
#include <gradus/passes.h>
#include <gradus/text.h>

#include "compiler/pipeline.h"
#include "proof/random_graph.h"
#include "proof/samples.h"

namespace gradus::proof {
namespace {

// How far a float is moved to see what depends on it, what is a jump then, and by how many units of
// the last place (of what it is, and of what it moved by) a value may be wrong.
struct Precision {
  Real move, jump;
  double units;
};
Precision precision_of(DType floats) {
  return floats == float64 ? Precision{1e-12L, 1e-8L, 2000} : Precision{5e-6L, 5e-3L, 20};
}

// The interpreter with every float moved: what changes by much more lies at a jump.
Values interpret_moved(const Program& program, const std::vector<DType>& dtypes,
                       const std::function<Real(Real value, std::size_t place)>& moved) {
  Values values;
  const auto keep = [&](Value value) {
    if (is_float(dtypes[values.size()]))
      for (std::size_t i = 0; i < value.at.size(); ++i)
        value.at[i] = moved(value.at[i], i + 5 * values.size());
    values.push_back(std::move(value));
  };
  for (const auto& source : program.sources) keep(source.value);
  for (const auto& step : program.steps) keep(value_of_step(step, values));
  return values;
}
// All grown, all lessened, and made equal what differs by rounding alone.
std::vector<Values> all_moved(const Program& program, const std::vector<DType>& dtypes, Real move) {
  const Real grid = std::exp2(std::round(std::log2(4 * move)));
  const std::function<Real(Real value, std::size_t place)> moves[] = {
      [&](Real value, std::size_t place) { return value * (1 + move * std::sin(Real(place))); },
      [&](Real value, std::size_t place) { return value * (1 - move * std::sin(Real(place))); },
      [&](Real value, std::size_t) { return std::round(value / grid) * grid; }};
  std::vector<Values> moved;
  for (const auto& m : moves) moved.push_back(interpret_moved(program, dtypes, m));
  return moved;
}

// A run by the interpreter, which is the oracle of the compiler; without any pass and with each of
// those that change no bits; with all of them, and with all but one.
struct Way {
  std::string name;
  Passes passes = {};
  bool changes_bits = true;
  bool interprets = false;
};
std::vector<Way> ways() {
  Passes none;
  for (const Pass& pass : pipeline) none.*pass.is_on = false;
  std::vector<Way> all{{.name = "interpreted", .changes_bits = false, .interprets = true},
                       {.name = "without passes", .passes = none, .changes_bits = false}};
  for (const auto is_on :
       {&Passes::fold_constants, &Passes::common_subexpressions, &Passes::split_rows}) {
    const auto pass = std::ranges::find(pipeline, is_on, &Pass::is_on);
    all.push_back({fmt::format("with {} alone", pass->name), none, false});
    all.back().passes.*is_on = true;
  }
  all.push_back({.name = "with all passes"});
  for (const Pass& pass : pipeline) {
    all.push_back({.name = fmt::format("without {}", pass.name)});
    all.back().passes.*pass.is_on = false;
  }
  return all;
}

// Passes change no more than rounding.
bool are_near(const Array& a, const Array& b) {
  if (a.shape() != b.shape() || a.dtype() != b.dtype()) return false;
  const Value x = value_of(a), y = value_of(b);
  for (std::size_t i = 0; i < x.at.size(); ++i) {
    const bool are_equal = x.at[i] == y.at[i] || (std::isnan(x.at[i]) && std::isnan(y.at[i]));
    if (!are_equal && !(std::abs(x.at[i] - y.at[i]) <= 2e-6L * (1 + std::abs(y.at[i]))))
      return false;
  }
  return true;
}

// sum over nodes of sum(weight * node), with weights that depend on the place alone.
Real weight(std::size_t node, std::size_t element) {
  return std::sin(Real(1 + 7 * node + 3 * element));
}

class Check {
 public:
  explicit Check(const Program& program, DType floats = float64)
      : program_(program),
        precision_(precision_of(floats)),
        built_(build(program)),
        values_(interpret(program)) {
    std::vector<DType> dtypes;
    for (const Tensor& tensor : built_.tensors) dtypes.push_back(tensor.dtype());
    moved_ = all_moved(program, dtypes, precision_.move);
  }

  // Values of each way against the oracles and the interpreter; gradients of the interpreter
  // against differences, of the others against the interpreter.
  std::optional<std::string> run(std::int64_t* gradients) {
    return each([&](const Way& way) { return differing(way, gradients); });
  }
  // The values alone.
  std::optional<std::string> run_values() {
    return each([&](const Way& way) {
      Session session = session_of(way);
      return differing_value(way, session.run(built_.tensors, built_.feeds));
    });
  }

 private:
  template <class F>
  std::optional<std::string> each(F differing) {
    try {
      for (const Way& way : ways()) {
        if (auto text = differing(way)) return fmt::format("{}: {}", way.name, *text);
        if (is_on_jump_) return {};
      }
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return {};
  }
  Session session_of(const Way& way) const {
    return Session(built_.graph, {.threads = 1 + static_cast<int>(program_.size() % 2),
                                  .passes = way.passes,
                                  .interpret = way.interprets});
  }

  std::optional<std::string> differing(const Way& way, std::int64_t* gradients) {
    Session session = session_of(way);
    const std::vector<Array> found = session.run(built_.tensors, built_.feeds);
    if (auto text = differing_value(way, found)) return text;
    if (is_on_jump_) return {};
    if (auto text = differing_part(way, session, found)) return text;
    if (way.interprets) make_gradients();
    if (auto text = differing_gradient(way, session, gradients)) return text;
    return differing_assignment(way, session, found);
  }

  std::optional<std::string> differing_value(const Way& way, const std::vector<Array>& found) {
    if (way.interprets) interpreted_ = found;
    for (std::size_t k = 0; k < found.size(); ++k) {
      Value expected = values_[k];
      for (std::size_t i = 0; i < expected.at.size(); ++i) {
        const Real move = move_of(k, i);
        if (move > precision_.jump) {
          is_on_jump_ = true;  // nothing after it can be compared
          return {};
        }
        expected.scale.push_back(1 + std::abs(expected.at[i]) + move / precision_.move);
      }
      if (const auto text = difference(found[k], expected, precision_.units))
        return fmt::format("{} \"{}\" {}", built_.tensors[k].op_name(), built_.tensors[k].name(),
                           *text);
      Value interpreted = value_of(interpreted_[k]);
      interpreted.scale = expected.scale;
      const bool is_same = way.changes_bits ? !difference(found[k], interpreted, precision_.units)
                                            : found[k] == interpreted_[k];
      if (!is_same)
        return fmt::format("{} \"{}\" is {}, {} if it is interpreted", built_.tensors[k].op_name(),
                           built_.tensors[k].name(), gradus::to_text(found[k]),
                           gradus::to_text(interpreted_[k]));
    }
    return {};
  }

  Real move_of(std::size_t node, std::size_t element) const {
    Real largest_move = 0;
    for (const Values& moved : moved_)
      largest_move =
          std::max(largest_move, std::abs(values_[node].at[element] - moved[node].at[element]));
    return largest_move;
  }

  // A few nodes alone: what nobody fetches is overwritten as soon as it is read. Where
  // passes change no bits, those are the bits of the run of all.
  std::optional<std::string> differing_part(const Way& way, Session& session,
                                            const std::vector<Array>& found) const {
    const std::size_t n = program_.size();
    for (const auto& part : {std::vector{n - 1}, std::vector{n / 2, n - 1}, std::vector{n / 3}}) {
      Tensors fetches;
      for (std::size_t k : part) fetches.push_back(built_.tensors[k]);
      const std::vector<Array> values = session.run(fetches, built_.feeds);
      for (std::size_t i = 0; i < part.size(); ++i)
        if (!are_same(way, values[i], found[part[i]]))
          return fmt::format("\"{}\" is another when few values are fetched", fetches[i].name());
    }
    return {};
  }

  static bool are_same(const Way& way, const Array& a, const Array& b) {
    return way.changes_bits ? are_near(a, b) : a == b;
  }

  // Each variable takes the last value of its shape; all do at once, at the end of the run.
  std::optional<std::string> differing_assignment(const Way& way, Session& session,
                                                  const std::vector<Array>& found) const {
    std::vector<Operand> steps;
    std::vector<std::pair<Variable, std::size_t>> expected;
    for (std::size_t s = 0; s < program_.sources.size(); ++s)
      for (std::size_t k = program_.size(); program_.sources[s].is_variable && k-- > 0;)
        if (built_.tensors[k].dtype() == float64 && found[k].shape() == found[s].shape()) {
          const Variable variable(built_.tensors[s]);
          steps.emplace_back(assign(variable, built_.tensors[k]));
          expected.emplace_back(variable, k);
          break;
        }
    if (steps.empty()) return {};
    session.run(group(steps), built_.feeds);
    for (const auto& [variable, k] : expected)
      if (!are_same(way, session.value(variable), found[k]))
        return fmt::format("variable \"{}\" did not take the value of \"{}\"", variable.name(),
                           built_.tensors[k].name());
    return {};
  }

  // Gradients of the weighted sum of all float values.
  void make_gradients() {
    Tensors xs;
    for (std::size_t k = 0; k < program_.sources.size(); ++k)
      if (program_.sources[k].dtype == float64) {
        float_sources_.push_back(k);
        xs.push_back(built_.tensors[k]);
      }
    Tensor loss;
    for (std::size_t k = program_.sources.size(); k < program_.size(); ++k) {
      const Tensor& y = built_.tensors[k];
      if (y.dtype() != float64) continue;
      Value weights = values_[k];
      for (std::size_t i = 0; i < weights.at.size(); ++i) weights.at[i] = weight(k, i);
      const Tensor part = reduce_sum(y * built_.graph.constant(array_of(weights, float64)));
      loss = loss ? loss + part : part;
    }
    if (loss && !xs.empty()) dxs_ = gradus::gradients(loss, xs, {.unconnected = Unconnected::zero});
  }

  std::optional<std::string> differing_gradient(const Way& way, Session& session,
                                                std::int64_t* gradients) {
    if (dxs_.empty()) return {};
    const std::vector<Array> found = session.run(dxs_, built_.feeds);
    if (way.interprets) interpreted_gradients_ = found;
    for (std::size_t n = 0; n < found.size(); ++n) {
      const std::size_t source = float_sources_[n];
      if (!way.interprets) {
        if (!are_same(way, found[n], interpreted_gradients_[n]))
          return fmt::format("the gradient of x{} is {}, {} if it is interpreted", source,
                             gradus::to_text(found[n]), gradus::to_text(interpreted_gradients_[n]));
        continue;
      }
      for (std::size_t i = 0; i < static_cast<std::size_t>(found[n].size()); ++i) {
        const Real coarse = slope(source, i, 0x1p-12L), fine = slope(source, i, 0x1p-13L);
        // A kink or a jump in the neighbourhood.
        if (!(std::abs(fine - coarse) <= 1e-7L * (1 + std::abs(fine)))) continue;
        if (gradients != nullptr) ++*gradients;
        const Real dx = found[n].values<double>()[i];
        if (!(std::abs(dx - fine) <= 1e-6L * (1 + std::abs(fine))))
          return fmt::format("the gradient of x{} is {:.12g} at element {}, not {:.12g}", source,
                             static_cast<double>(dx), i, static_cast<double>(fine));
      }
    }
    return {};
  }

  Real loss_at(std::size_t source, std::size_t element, Real moved) const {
    const Values values = interpret(program_, source, element, moved);
    Real loss = 0;
    for (std::size_t k = program_.sources.size(); k < values.size(); ++k)
      if (built_.tensors[k].dtype() == float64)
        for (std::size_t i = 0; i < values[k].at.size(); ++i)
          loss += weight(k, i) * values[k].at[i];
    return loss;
  }
  Real slope(std::size_t source, std::size_t element, Real h) const {
    const auto f = [&](Real moved) { return loss_at(source, element, moved); };
    return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
  }

  const Program& program_;
  const Precision precision_;
  Built built_;
  Values values_;
  std::vector<Values> moved_;
  bool is_on_jump_ = false;
  std::vector<std::size_t> float_sources_;
  Tensors dxs_;
  std::vector<Array> interpreted_, interpreted_gradients_;
};

}  // namespace

std::optional<std::string> fault_of(const Program& program, std::int64_t* gradients) {
  return Check(program).run(gradients);
}

std::optional<Program> in_float32(Program program) {
  for (auto& source : program.sources)
    if (source.dtype == float64) {
      source.dtype = float32;
      for (Real& x : source.value.at) x = static_cast<float>(x);
    }
  try {
    // Not with ops that give float64 whatever they get.
    for (const Tensor& tensor : build(program).tensors)
      if (tensor.dtype() == float64) return {};
  } catch (const Error&) {
    return {};
  }
  return program;
}
std::optional<std::string> float32_fault_of(const Program& program) {
  return Check(program, float32).run_values();
}

}  // namespace gradus::proof
