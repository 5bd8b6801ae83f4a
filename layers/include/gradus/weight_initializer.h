// WeightInitializer: how a layer makes a weight whose shape it alone knows.
//
//   layers::Dense hidden(g, 784, 128, {.kernel_initializer = "he_normal"});
//   layers::Dense small(g, 784, 128, {.kernel_initializer = [](const Shape& shape, Layout) {
//                 return normal(shape, 0, 0.01);
//               }});
#pragma once

#include <concepts>
#include <functional>
#include <utility>

#include <gradus/initializers.h>

namespace gradus {

class WeightInitializer {
 public:
  using Make = std::function<Initializer(const Shape&, Layout)>;

  // The name of a function of <gradus/initializers.h>, with its defaults; GraphError otherwise.
  WeightInitializer(const char* name, SourceLocation where = SourceLocation::current());
  template <std::invocable<const Shape&, Layout> F>
  WeightInitializer(F make) : make_(std::move(make)) {}

  Initializer operator()(const Shape& shape, Layout layout = Layout::units_inputs) const {
    return make_(shape, layout);
  }

 private:
  Make make_;
};

}  // namespace gradus
