#include "proof/program.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gradus/graph.h>
#include <gradus/text.h>

#include "proof/samples.h"

namespace gradus::proof {

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

Values interpret(const Program& program, std::size_t source, std::size_t element, Real moved) {
  Values values;
  for (const auto& s : program.sources) values.push_back(s.value);
  if (moved != 0) values[source].at[element] += moved;
  for (const auto& step : program.steps) values.push_back(value_of_step(step, values));
  return values;
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

}  // namespace gradus::proof
