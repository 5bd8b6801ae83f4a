// Module: what models and their parts have in common, variables under a name scope.
//
//   class Dense : public Module {
//    public:
//     Dense(const Parent& parent, std::int64_t inputs, std::int64_t units)
//         : Module(parent, "dense"), W_(variable("W", glorot_uniform({units, inputs}))) {}
//     Tensor operator()(const Tensor& x) const {
//       const NameScope scope = enter();
//       return matmul(x, W_, {.transpose_b = true});
//     }
//    private:
//     Variable W_;
//   };
//
// A member that is a module is made with its parent. Its scope lies in the parent's, and its
// variables are the parent's, too: model.summary() has them, and model.trainable_variables("W*").
//
//   class Classifier : public Module {
//    public:
//     explicit Classifier(const Graph& g)
//         : Module(g, "classifier"), hidden_(*this, 784, 128), out_(*this, 128, 10) {}
//     Tensor operator()(const Tensor& x) const { return out_(relu(hidden_(x))); }
//    private:
//     Dense hidden_, out_;  // classifier/dense/W, classifier/dense_1/W
//   };
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gradus/graph.h>

namespace gradus {

// The counterpart of tf.Module. A base class, because that is how a model of one's own reads best;
// it has no virtual functions. Copies stand for the same variables, as those of a Graph.
class Module {
  struct State;

 public:
  // Where a module belongs: to a graph, or to the module that it is a part of.
  class Parent {
   public:
    Parent(const Graph& graph) : graph_(graph) {}
    Parent(const Module& module) : graph_(module.graph()), module_(module.state_) {}

   private:
    friend class Module;

    Graph graph_;
    std::shared_ptr<State> module_;  // null: none
  };

  // Opens the scope "<name>" in the parent's, numbered if it is taken.
  Module(const Parent& parent, const std::string& name,
         SourceLocation where = SourceLocation::current());

  const Graph& graph() const;
  const std::string& name() const;  // the full path of its scope

  // Its own and those of its parts, in order of creation.
  const std::vector<Variable>& variables() const;
  // Those whose name inside the module, or the part after the last '/', matches ('*' is any text,
  // '?' one letter): "W*".
  std::vector<Variable> trainable_variables(std::string_view pattern = "*") const;
  std::int64_t parameter_count() const;
  // Of all its variables that are floats, for the minimize() calls that follow: a part that is not
  // to be trained is frozen so.
  void set_trainable(bool trainable);

  // A table of the variables: name, shape, number of elements, and where the module's calls so far
  // use them. A matrix that is tied stands there once, with all the places that use it.
  std::string summary() const;

 protected:
  Variable variable(const std::string& name, const Initializer& initializer,
                    SourceLocation where = SourceLocation::current());
  Variable variable(const std::string& name, const Initializer& initializer, bool trainable,
                    SourceLocation where = SourceLocation::current());
  // Nodes made while the result lives are inside the module's scope.
  [[nodiscard]] NameScope enter() const;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace gradus
