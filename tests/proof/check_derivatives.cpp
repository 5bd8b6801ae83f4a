#include "proof/check_derivatives.h"

#include <algorithm>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/gradients.h>

#include "proof/jacobian.h"
#include "proof/samples.h"

namespace gradus::proof {
namespace {

// What is repeated must be known as 1 when the graph is built.
Shape mostly_unknown(const Shape& shape) {
  std::vector<std::int64_t> dimensions = shape.to_vector();
  for (std::int64_t& size : dimensions)
    if (size != 1) size = any_size;
  return dimensions;
}

// dy/dxs of one tensor, compared.
void compare(Point& point, const Tensor& y, const std::string& what, Report& report) {
  Graph g(y.shared_state());
  const Tensor dy = g.placeholder(fmt::format("row_{}", g.node_count()), y.shape(), float64);
  Tensors xs;
  for (const Tensor& x : point.xs())
    if (x.dtype() == float64) xs.push_back(x);
  const Tensors dxs = gradients(y, xs, {.grad_ys = {dy}, .unconnected = Unconnected::zero});
  ++report.checked;
  for (std::size_t i = 0; i < xs.size(); ++i)
    if (dxs[i].dtype() != float64)
      return report.fail(what + ": a gradient is " + std::string(to_text(dxs[i].dtype())));
  if (const auto text = difference(point.symbolic(y, dy, dxs), point.numeric(y)))
    report.fail(what + ": " + *text);
}

void check_case(const Proof& proof, const std::vector<Array>& operands, bool is_known,
                Report& report) {
  const std::string what = fmt::format("{} of {}{}", proof.title(), types_text(operands),
                                       is_known ? "" : ", unknown until the run");
  try {
    Graph g;
    Tensors xs, floats;
    for (const Array& x : operands) {
      xs.push_back(g.placeholder(fmt::format("x{}", xs.size()),
                                 is_known ? x.shape() : mostly_unknown(x.shape()), x.dtype()));
      if (x.dtype() == float64) floats.push_back(xs.back());
    }
    const Tensor y = proof.call(xs);
    Point point(g, xs, operands);
    compare(point, y, what, report);

    const Tensor dy = g.placeholder("dy", y.shape(), float64);
    const Tensors dxs = gradients(y, floats, {.grad_ys = {dy}, .unconnected = Unconnected::zero});
    Tensors inputs = xs;
    inputs.push_back(dy);
    std::vector<Array> at = operands;
    at.push_back(sample({.low = -2, .high = 2}, point.value(y).shape(), float64, "upstream"));
    Point second(g, inputs, at);
    for (std::size_t i = 0; i < dxs.size(); ++i)
      compare(second, dxs[i], fmt::format("{}, derivative of dx{}", what, i), report);
  } catch (const Error& error) {
    report.fail(what + ": " + error.what());
  }
}

}  // namespace

std::vector<std::vector<Shape>> derivative_cases(const Proof& proof) {
  std::vector<std::vector<Shape>> cases;
  for (const std::vector<Shape>& shapes : shape_cases(proof)) {
    std::int64_t elements = 0;
    for (const Shape& shape : shapes) elements += shape.element_count();
    if (elements <= 26 && cases.size() < 12) cases.push_back(shapes);
  }
  return cases;
}

Report check_derivatives(const Proof& proof) {
  Report report;
  if (!proof.has_gradient) return report;
  for (const std::vector<Shape>& shapes : derivative_cases(proof))
    for (const bool is_known : {true, false})
      check_case(proof, samples(proof, shapes, float64), is_known, report);
  return report;
}

}  // namespace gradus::proof
