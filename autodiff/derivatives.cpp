#include <gradus/derivatives.h>

#include <string_view>
#include <vector>

#include <gradus/at.h>
#include <gradus/broadcast.h>
#include <gradus/graph.h>
#include <gradus/indexing.h>
#include <gradus/joining.h>
#include <gradus/op/rules.h>
#include <gradus/shapes.h>

#include "core/throw_at.h"
#include "graph/graph_state.h"

namespace gradus {
namespace {

void check_present(std::string_view function, std::string_view role, const Tensor& t,
                   SourceLocation where) {
  if (!t) throw_at<GraphError>(where, "{}: {} is an empty Tensor", function, role);
}

// gradients() checks the rest of xs.
void check_directions(std::string_view function, const TensorList& xs, const TensorList& vs,
                      SourceLocation where) {
  if (xs.size() != vs.size())
    throw_at<GraphError>(where, "{}: {} vs for {} xs", function, vs.size(), xs.size());
  for (std::size_t i = 0; i < xs.size(); ++i) {
    const Tensor &x = xs[i], &v = vs[i];
    check_present(function, "x", x, where);
    check_present(function, "v", v, where);
    if (v.shared_state() != x.shared_state())
      throw_at<GraphError>(where, "{}: v \"{}\" is of another graph than x \"{}\"", function,
                           v.name(), x.name());
    if (!may_equal(v.shape(), x.shape()))
      throw_at<ShapeError>(where, "{}: v \"{}\" has shape {}, x \"{}\" has {}", function, v.name(),
                           to_text(v.shape()), x.name(), to_text(x.shape()));
    if (v.dtype() != x.dtype())
      throw_at<DTypeError>(where, "{}: v \"{}\" is {}, x \"{}\" is {}", function, v.name(),
                           to_text(v.dtype()), x.name(), to_text(x.dtype()));
  }
}

// New nodes are of the caller's line, of a scope of this name, and of derivatives.
class Derivation {
 public:
  Derivation(const Tensor& y, const char* name, SourceLocation where)
      : role_(y.state(), Role::gradient),
        scope_(y.shared_state(), name, where),
        at_(y.state(), where) {}

 private:
  InRole role_;
  NameScope scope_;
  At at_;
};

}  // namespace

std::vector<Tensor> hvp(const Tensor& y, const TensorList& xs, const TensorList& vs,
                        Unconnected unconnected, SourceLocation where) {
  check_present("hvp", "y", y, where);
  check_directions("hvp", xs, vs, where);
  if (y.rank() != 0)
    throw_at<ShapeError>(where, "hvp: y \"{}\" has shape {}, not []", y.name(), to_text(y.shape()));
  if (xs.empty()) return {};
  const Derivation here(y, "hvp", where);
  const std::vector<Tensor> dxs = gradients(y, xs, {.unconnected = unconnected}, where);
  return gradients(dxs, xs, {.grad_ys = vs, .unconnected = Unconnected::zero}, where);
}

std::vector<Tensor> jvp(const TensorList& ys, const TensorList& xs, const TensorList& vs,
                        Unconnected unconnected, SourceLocation where) {
  if (ys.empty()) throw_at<GraphError>(where, "jvp: there is nothing to differentiate");
  for (const Tensor& y : ys) check_present("jvp", "y", y, where);
  check_directions("jvp", xs, vs, where);
  const Derivation here(ys[0], "jvp", where);
  // The value of u does not matter.
  std::vector<Tensor> us;
  for (const Tensor& y : ys) us.push_back(zeros_like({y, where}));
  if (xs.empty()) return us;
  const std::vector<Tensor> products =
      gradients(ys, xs, {.grad_ys = us, .unconnected = unconnected}, where);
  return gradients(products, us, {.grad_ys = vs, .unconnected = Unconnected::zero}, where);
}

Tensor jacobian(const Tensor& y, const Tensor& x, Unconnected unconnected, SourceLocation where) {
  check_present("jacobian", "y", y, where);
  check_present("jacobian", "x", x, where);
  const Shape of_y = y.shape();
  if (!of_y.is_known())
    throw_at<ShapeError>(where, "jacobian: the shape of y \"{}\" must be known, it is {}", y.name(),
                         to_text(of_y));
  if (of_y.rank() + x.rank() > max_rank)
    throw_at<ShapeError>(where, "jacobian: y \"{}\" {} and x \"{}\" {} have more than {} axes",
                         y.name(), to_text(of_y), x.name(), to_text(x.shape()), max_rank);
  constexpr std::int64_t most = 1 << 20;
  const std::int64_t size = of_y.element_count();
  if (size > most)
    throw_at<ShapeError>(where, "jacobian: y \"{}\" {} has more than {} elements", y.name(),
                         to_text(of_y), most);
  const Derivation here(y, "jacobian", where);
  if (of_y.rank() == 0) return gradient(y, x, {.unconnected = unconnected}, where);

  std::vector<Operand> rows;
  for (std::int64_t i = 0; i < size; ++i) {
    const Tensor number(y.shared_state(), y.state().literal(i, int64, where));
    const Tensor element = reshape(one_hot(number, size, y.dtype()), of_y);
    rows.emplace_back(gradient(y, x, {.grad_ys = {element}, .unconnected = unconnected}, where));
  }
  // Of the whole shape, whatever of it the run alone knows; only its shape is read.
  std::vector<std::int64_t> sizes = of_y.to_vector();
  sizes.resize(static_cast<std::size_t>(of_y.rank() + x.rank()), any_size);
  const Tensor model = broadcast_to({x, where}, Shape(sizes, where));
  return rows.empty() ? zeros_like(model) : reshape_like(stack(rows), model);
}

}  // namespace gradus
