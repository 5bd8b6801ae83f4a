// A whole model in one file: the graph and its variables' values, for programs that do not have the
// code that built it.
//
//   save_model("ae.gradus", session, {{"x", x}, {"code", code}, {"step", step}});
//
//   const Model model = load_model("ae.gradus");
//   Session session = model.session({.threads = 2});
//   const Array codes = session.run(model["code"], {{model["x"], images}});
//
// docs/keeping.md describes the file. It is a safetensors file: Python reads the variables, too.
#pragma once

#include <concepts>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gradus/error.h>
#include <gradus/graph.h>
#include <gradus/session.h>
#include <gradus/tensor.h>

namespace gradus {

struct Op;

// A tensor under the name by which a file's reader asks for it; it need not be the node's own.
struct NamedTensor {
  std::string name;
  Tensor tensor;
};

// The name that a reader asks for, with the line where that is.
class TensorName {
 public:
  template <std::convertible_to<std::string_view> Text>
  TensorName(const Text& text, SourceLocation where = SourceLocation::current())
      : text_(text), where_(where) {}

  std::string_view text() const { return text_; }
  SourceLocation where() const { return where_; }

 private:
  std::string_view text_;
  SourceLocation where_;
};

class Model {
 public:
  Model(const Graph& graph, std::vector<NamedTensor> tensors)
      : graph_(graph), tensors_(std::move(tensors)) {}

  const Graph& graph() const { return graph_; }
  // In the order in which they were saved.
  const std::vector<NamedTensor>& tensors() const { return tensors_; }
  // GraphError, with all names that there are, if this is none.
  Tensor operator[](const TensorName& name) const;
  // Its variables begin with the values of the file, as in every session of the graph.
  Session session(const SessionOptions& options = {},
                  SourceLocation where = SourceLocation::current()) const {
    return Session(graph_, options, where);
  }

 private:
  Graph graph_;
  std::vector<NamedTensor> tensors_;
};

// Writes what the tensors are computed from, whole or not at all (see write_file): nodes with their
// names, scopes, lines and roles, and the values that the variables have in the session. Who names
// a step of training saves the optimizer's variables, too. With a gradient comes what it is the
// gradient of.
//
// GraphError: no tensors, an empty one, tensors of two graphs or of another than the session's; a
// name that is empty or there twice; names and texts that are no UTF-8; an op that has the name of
// another. DataError if more calls differ from each other than the format's header of 100 MB holds,
// some hundred thousand; FileError if the file cannot be written.
void save_model(const std::filesystem::path& path, Session& session,
                const std::vector<NamedTensor>& tensors,
                SourceLocation where = SourceLocation::current());

struct ModelOptions {
  std::vector<const Op*> ops = {};  // the records of ops that the library does not have
};

// The graph that was saved: each node is made as the program that saved it made it, and checked
// likewise. The rules of a custom_gradient are functions, which no file holds: it has its value,
// and who differentiates it gets a GraphError; gradients that were saved are there.
//
// FileError if the file cannot be read, DataError, with the node, if it is no model file of this
// version or an earlier one, or its graph is none that the library would build. GraphError if two
// ops have one name.
Model load_model(const std::filesystem::path& path, const ModelOptions& options = {},
                 SourceLocation where = SourceLocation::current());

}  // namespace gradus
