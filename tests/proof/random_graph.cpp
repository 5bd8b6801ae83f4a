#include "proof/random_graph.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gradus/error.h>
#include <gradus/gradients.h>
#include <gradus/graph.h>
#include <gradus/passes.h>
#include <gradus/random.h>
#include <gradus/session.h>
#include <gradus/text.h>

#include "proof/samples.h"

namespace gradus::proof {
namespace {

constexpr Real largest = 30;  // larger numbers only compare rounding
constexpr std::int64_t most_elements = 120;

// The tensors of a program, built in a graph of its own.
struct Built {
  Graph graph;
  Tensors tensors;
  std::vector<Feed> feeds;
};

Tensor add_source(Built& built, const Program::Source& source) {
  const Array value = array_of(source.value, source.dtype);
  const std::string name = fmt::format("x{}", built.tensors.size());
  if (source.is_variable) return built.graph.variable(name, value);
  const Tensor x = built.graph.placeholder(name, value.shape(), value.dtype());
  built.feeds.emplace_back(x, value);
  return x;
}

Tensors operands_of(const Program::Step& step, const Tensors& tensors) {
  Tensors operands;
  for (std::size_t k : step.operands) operands.push_back(tensors[k]);
  return operands;
}

Built build(const Program& program) {
  Built built;
  for (const auto& source : program.sources) built.tensors.push_back(add_source(built, source));
  for (const auto& step : program.steps)
    built.tensors.push_back(step.proof->call(operands_of(step, built.tensors)));
  return built;
}

Value value_of_step(const Program::Step& step, const Values& values) {
  Values operands;
  for (std::size_t k : step.operands) operands.push_back(values[k]);
  Value y = step.proof->oracle.value(operands);
  y.scale.clear();
  return y;
}

// The interpreter. `moved` is added to one element of one source.
Values interpret(const Program& program, std::size_t source = 0, std::size_t element = 0,
                 Real moved = 0) {
  Values values;
  for (const auto& s : program.sources) values.push_back(s.value);
  if (moved != 0) values[source].at[element] += moved;
  for (const auto& step : program.steps) values.push_back(value_of_step(step, values));
  return values;
}

// The same, but every float is moved: what changes by much more than it lies at a jump.
Values interpret_moved(const Program& program, const std::vector<DType>& dtypes,
                       const std::function<Real(Real value, std::size_t place)>& moved) {
  Values values;
  const auto keep = [&](Value value) {
    if (dtypes[values.size()] == float64)
      for (std::size_t i = 0; i < value.at.size(); ++i)
        value.at[i] = moved(value.at[i], i + 5 * values.size());
    values.push_back(std::move(value));
  };
  for (const auto& source : program.sources) keep(source.value);
  for (const auto& step : program.steps) keep(value_of_step(step, values));
  return values;
}
Real grown(Real value, std::size_t place) { return value * (1 + 1e-12L * std::sin(Real(place))); }
Real lessened(Real value, std::size_t place) {
  return value * (1 - 1e-12L * std::sin(Real(place)));
}
// Makes equal what differs by rounding alone.
Real cut(Real value, std::size_t) { return std::round(value * 0x1p38L) * 0x1p-38L; }

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
  explicit Generator(std::uint64_t seed) : random_(seed, "random program") {
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
    const Shape shapes[] = {{},     {3},    {2, 3},    {2, 3}, {3, 2},
                            {2, 1}, {1, 3}, {2, 2, 3}, {4},    {3, 3}};
    const DType dtype = i == 1 && below(2) == 0   ? int64
                        : i == 2 && below(2) == 0 ? boolean
                                                  : float64;
    const Domain domain{.low = dtype == int64 ? 0.0 : -2, .high = 2};
    const Array value =
        sample(domain, shapes[below(10)], dtype, fmt::format("source {} {}", i, random_.bits()));
    program_.sources.push_back({value_of(value), dtype, dtype == float64 && below(2) == 0});
    values_.push_back(program_.sources.back().value);
    built_.tensors.push_back(gradus::proof::add_source(built_, program_.sources.back()));
  }

  void try_step() {
    const std::vector<Proof>& proofs = all_proofs();
    const Proof& proof = proofs[static_cast<std::size_t>(below(std::ssize(proofs)))];
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
      if (y.shape().element_count() > most_elements) return;
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
  Program program_;
  Built built_;
  Values values_;
};

// A run without any pass, and with all of them, and with all but one.
struct Compilation {
  std::string_view name;
  Passes passes;
};
constexpr Compilation compilations[] = {
    {"without passes",
     {.fold = false,
      .merge = false,
      .simplify = false,
      .place_products = false,
      .fuse = false,
      .split_rows = false}},
    {"with all passes", {}},
    {"without fold", {.fold = false}},
    {"without merge", {.merge = false}},
    {"without simplify", {.simplify = false}},
    {"without place_products", {.place_products = false}},
    {"without fuse", {.fuse = false}},
    {"without split_rows", {.split_rows = false}},
};
bool is_bare(const Compilation& compilation) { return &compilation == &compilations[0]; }

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
  explicit Check(const Program& program)
      : program_(program), built_(build(program)), values_(interpret(program)) {
    std::vector<DType> dtypes;
    for (const Tensor& tensor : built_.tensors) dtypes.push_back(tensor.dtype());
    for (const auto& moved : {grown, lessened, cut})
      moved_.push_back(interpret_moved(program, dtypes, moved));
  }

  // Values of each compilation against the interpreter; gradients of the bare one against
  // differences, of the others against the bare one.
  std::optional<std::string> run(std::int64_t* gradients) {
    try {
      for (const Compilation& compilation : compilations) {
        if (auto text = differing(compilation, gradients))
          return fmt::format("{}: {}", compilation.name, *text);
        if (is_on_jump_) return {};
      }
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return {};
  }

 private:
  std::optional<std::string> differing(const Compilation& compilation, std::int64_t* gradients) {
    Session session(built_.graph, {.threads = 1 + static_cast<int>(program_.size() % 2),
                                   .passes = compilation.passes});
    const std::vector<Array> found = session.run(built_.tensors, built_.feeds);
    if (auto text = differing_value(found)) return text;
    if (is_on_jump_) return {};
    if (auto text = differing_part(compilation, session, found)) return text;
    if (is_bare(compilation)) make_gradients();
    if (auto text = differing_gradient(compilation, session, gradients)) return text;
    return differing_assignment(compilation, session, found);
  }

  std::optional<std::string> differing_value(const std::vector<Array>& found) {
    for (std::size_t k = 0; k < found.size(); ++k) {
      Value expected = values_[k];
      for (std::size_t i = 0; i < expected.at.size(); ++i) {
        const Real move = move_of(k, i);
        if (move > 1e-8L) {
          is_on_jump_ = true;  // nothing behind it can be compared
          return {};
        }
        expected.scale.push_back(1 + std::abs(expected.at[i]) + 1e12L * move);
      }
      if (const auto text = difference(found[k], expected, 2000))
        return fmt::format("{} \"{}\" {}", built_.tensors[k].op_name(), built_.tensors[k].name(),
                           *text);
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

  // A few nodes alone: what nobody fetches is overwritten as soon as it is read. Without passes
  // nothing but the place of values may change, so the bits are those of the run of all.
  std::optional<std::string> differing_part(const Compilation& compilation, Session& session,
                                            const std::vector<Array>& found) const {
    const std::size_t n = program_.size();
    for (const auto& part : {std::vector{n - 1}, std::vector{n / 2, n - 1}, std::vector{n / 3}}) {
      Tensors fetches;
      for (std::size_t k : part) fetches.push_back(built_.tensors[k]);
      const std::vector<Array> values = session.run(fetches, built_.feeds);
      for (std::size_t i = 0; i < part.size(); ++i)
        if (!are_same(compilation, values[i], found[part[i]]))
          return fmt::format("\"{}\" is another when few values are fetched", fetches[i].name());
    }
    return {};
  }

  static bool are_same(const Compilation& compilation, const Array& a, const Array& b) {
    return is_bare(compilation) ? a == b : are_near(a, b);
  }

  // Each variable takes the last value of its shape; all do at once, at the end of the run.
  std::optional<std::string> differing_assignment(const Compilation& compilation, Session& session,
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
      if (!are_same(compilation, session.value(variable), found[k]))
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

  std::optional<std::string> differing_gradient(const Compilation& compilation, Session& session,
                                                std::int64_t* gradients) {
    if (dxs_.empty()) return {};
    const std::vector<Array> found = session.run(dxs_, built_.feeds);
    if (is_bare(compilation)) bare_gradients_ = found;
    for (std::size_t n = 0; n < found.size(); ++n) {
      const std::size_t source = float_sources_[n];
      if (!is_bare(compilation)) {
        if (!are_near(found[n], bare_gradients_[n]))
          return fmt::format("the gradient of x{} is {}, {} without passes", source,
                             gradus::to_text(found[n]), gradus::to_text(bare_gradients_[n]));
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
  Built built_;
  Values values_;
  std::vector<Values> moved_;
  bool is_on_jump_ = false;
  std::vector<std::size_t> float_sources_;
  Tensors dxs_;
  std::vector<Array> bare_gradients_;
};

// The program without the steps that the last one does not need.
Program cut_to(const Program& program, std::size_t last) {
  std::vector<bool> needed(program.size());
  needed[last] = true;
  const std::size_t sources = program.sources.size();
  for (std::size_t k = last + 1; k-- > sources;)
    if (needed[k])
      for (std::size_t operand : program.steps[k - sources].operands) needed[operand] = true;
  Program cut;
  std::vector<std::size_t> place(program.size());
  for (std::size_t k = 0; k <= last; ++k) {
    if (!needed[k]) continue;
    place[k] = cut.size();
    if (k < sources) {
      cut.sources.push_back(program.sources[k]);
    } else {
      Program::Step step = program.steps[k - sources];
      for (std::size_t& operand : step.operands) operand = place[operand];
      cut.steps.push_back(std::move(step));
    }
  }
  return cut;
}

// A source that holds its value in the place of a step.
Program with_source(const Program& program, std::size_t step) {
  const Built built = build(program);
  const std::size_t sources = program.sources.size(), node = sources + step;
  Program made{program.sources, {}};
  made.sources.push_back({interpret(program)[node], built.tensors[node].dtype(), false});
  for (std::size_t s = 0; s < program.steps.size(); ++s) {
    if (s == step) continue;
    Program::Step next = program.steps[s];
    for (std::size_t& k : next.operands)
      k = k == node ? sources : k < sources ? k : k < node ? k + 1 : k;
    made.steps.push_back(std::move(next));
  }
  return made;
}

}  // namespace

Program random_program(std::uint64_t seed) { return Generator(seed).take(); }

std::optional<std::string> fault_of(const Program& program, std::int64_t* gradients) {
  return Check(program).run(gradients);
}

Program shrunk(Program program) {
  for (bool has_shrunk = true; has_shrunk;) {
    has_shrunk = false;
    const auto keep_if_wrong = [&](const Program& smaller) {
      if (smaller.steps.size() >= program.steps.size() || !fault_of(smaller)) return false;
      program = smaller;
      return has_shrunk = true;
    };
    for (std::size_t last = program.sources.size(); last < program.size(); ++last)
      if (keep_if_wrong(cut_to(program, last))) break;
    for (std::size_t step = program.steps.size(); step-- > 0;)
      if (keep_if_wrong(with_source(program, step))) break;
  }
  return program.steps.empty() ? program : cut_to(program, program.size() - 1);
}

std::string to_text(const Program& program) {
  std::string text;
  std::size_t node = 0;
  for (const auto& source : program.sources)
    text += fmt::format("{}: {} {} = {}\n", node++, to_text(source.dtype),
                        to_text(Shape(source.value.shape)), fmt::join(source.value.at, " "));
  for (const auto& step : program.steps)
    text +=
        fmt::format("{}: {} of {}\n", node++, step.proof->title(), fmt::join(step.operands, ", "));
  return text + gradus::to_text(build(program).graph);
}

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

}  // namespace gradus::proof
