// Module: what models have in common, variables under a name scope.
//
//   class Dense : public Module {
//    public:
//     Dense(const Graph& g, std::int64_t inputs, std::int64_t units)
//         : Module(g, "dense"), W_(variable("W", glorot_uniform({units, inputs}))) {}
//     Tensor operator()(const Tensor& x) const {
//       const NameScope scope = enter();
//       return matmul(x, W_, {.transpose_b = true});
//     }
//    private:
//     Variable W_;
//   };
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gradus/graph.h>

namespace gradus {

// The counterpart of tf.Module. A base class, because that is how a model of one's own reads best;
// it has no virtual functions.
class Module {
 public:
  // Opens the scope "<name>", numbered if it is taken.
  Module(const Graph& graph, const std::string& name,
         SourceLocation where = SourceLocation::current());

  const Graph& graph() const { return graph_; }
  const std::string& name() const { return name_; }  // the full path of its scope

  // In order of creation.
  const std::vector<Variable>& variables() const { return variables_; }
  // Those whose name inside the module matches ('*' is any text, '?' one letter): "W*".
  std::vector<Variable> trainable_variables(std::string_view pattern = "*") const;
  std::int64_t parameter_count() const;

  // A table of the variables: name, shape, number of elements, and where the module's calls so far
  // use them. A tied matrix stands there once, with all its uses.
  std::string summary() const;

 protected:
  Variable variable(const std::string& name, const Initializer& initializer,
                    SourceLocation where = SourceLocation::current());
  // Nodes made while the result lives are inside the module's scope.
  [[nodiscard]] NameScope enter() const;

 private:
  Graph graph_;
  std::uint32_t scope_;
  std::string name_;
  std::vector<Variable> variables_;
};

}  // namespace gradus
