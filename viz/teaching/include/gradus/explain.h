// explain: the backward pass of one run, step by step, as data and as a text for the terminal.
//
//   Explanation e = explain(session, loss, {ae.W(), ae.b1()}, {{x, images}});
//   std::cout << to_text(e);
//
// The graph that is explained is a copy: the user's graph gets no node. Ids of the user's nodes are
// the same in both; the nodes of the gradient follow after them. Every value is that of a real
// node of the copy, and all of them are of one run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gradus/array.h>
#include <gradus/check_gradients.h>
#include <gradus/graph.h>
#include <gradus/session.h>
#include <gradus/tensor.h>

namespace gradus {

// A node that the loss is computed from. Its symbol stands for it in all formulas: the last part of
// the user's name where that is enough ("W1"), else a letter of the kind of op ("h2").
struct ForwardStep {
  NodeId id{};
  std::string name;    // "basic_ae/encoder/elu"
  std::string symbol;  // "h1"
  std::string op;      // "elu"; "placeholder", "variable" and "constant" compute nothing
  bool is_source = false;
  bool is_number = false;  // a literal, which formulas write in place
  std::vector<NodeId> operands;
  // Textbooks write "t1 = x W^T + b" as one formula. The product and the repeated bias, which are
  // read there alone, are parts of the + ; t1_a and t1_b are their symbols. Else the step's own id.
  NodeId whole{};
  std::string text;   // "h1 = elu(t1)", parts written out: "t1 = x W^T + b"; of a source its symbol
  std::string latex;  // "h_{1} = \operatorname{elu}(t_{1})"
  std::string own_text;  // of the node alone: "t1 = t1_a + t1_b"
  std::string own_latex;
  std::string shapes;  // "[5, 3] [2, 3]^T -> [5, 2]"
  Array value;
  // How many contributions its gradient is the sum of; 0 where none was asked for.
  std::int64_t contributions = 0;
  Array gradient;          // the complete sum, if contributions is not 0
  NodeId gradient_node{};  // likewise
};

// What a step hands down to one of its operands.
struct ExplainedContribution {
  NodeId target{};          // the operand
  std::size_t operand = 0;  // its place among the step's operands
  std::int64_t number = 0;  // this is contribution `number` ...
  std::int64_t count = 0;   // ... of `count` that the target gets
  std::string rule;         // as the op's record says: "da = dy / b"
  std::string remark;       // what the record adds, or nothing: "0 where dy = 0"
  // In symbols: "dW += dt1^T x". A part has the gradient of its whole, and own_text its own symbol.
  std::string text, latex, own_text, own_latex;
  std::string shapes;         // "[2, 5] [5, 3] -> [2, 3]"
  std::vector<NodeId> nodes;  // what the rule appended, in order; empty if it passed dy on
  NodeId node{};              // whose value this is
  Array value;
  NodeId sum_node{};  // the target's sum so far, this one included
  Array sum;
};

// A node whose gradient is complete, and what it hands down.
struct BackwardStep {
  NodeId id{};
  std::string name, symbol, op;
  std::int64_t received = 0;  // contributions; the loss has received its 1
  NodeId gradient_node{};
  Array gradient;  // their sum, dy in the rules
  std::vector<ExplainedContribution> contributions;
};

// Where a contribution stands in an Explanation: backward[step].contributions[contribution].
struct ContributionPlace {
  std::size_t step = 0, contribution = 0;
  // The scope of the step ("encoder"), or its op where it has none; its name if two are equal.
  std::string label;
};

// What was asked for.
struct ExplainedVariable {
  NodeId id{};
  std::string name, symbol;
  Array value, gradient;
  // Of a tied matrix, say, the decoder's and the encoder's.
  std::vector<ContributionPlace> contributions;
  // The gradient beside central differences of the loss: see ExplainOptions.
  GradientReport check;
  std::vector<GradientDifference> differences;  // each element that was checked
};

struct Explanation {
  Graph graph;                         // the copy
  Tensor loss;                         // in the copy
  std::vector<ForwardStep> forward;    // ascending ids: operands come first
  std::vector<BackwardStep> backward;  // from the loss down
  std::vector<ExplainedVariable> variables;
  bool variables_only = false;  // as ExplainOptions say

  // The step of a node; null if the loss is not computed from it.
  const ForwardStep* find(NodeId id) const;
};

struct ExplainOptions {
  // Elements of each variable that are compared with central differences; a fixed sample if it has
  // more. 0: none. The differences are those of the same formula in float64, where random numbers
  // stay as they were drawn; in float32 if an op of the graph knows no float64.
  std::int64_t checked_elements = 16;
  // The text has only the steps that hand a gradient to a variable, and of the others one line for
  // each part of the model: for graphs of more than some 30 steps. The data have all of them.
  bool variables_only = false;
};

// Explains d loss / d variables with the values that the session's variables have now. The
// variables may be any nodes. Random ops draw what the first run of a session with this seed would.
// GraphError: a loss that is no scalar or assigns variables, a variable without a path to the loss,
// an op on the path without gradient rule. FeedError: a placeholder without feed. DTypeError.
Explanation explain(Session& session, const Tensor& loss, const TensorList& variables,
                    const std::vector<Feed>& feeds = {}, const ExplainOptions& options = {},
                    SourceLocation where = SourceLocation::current());

// Numbered steps: first forward, then backward, then the variables with the check of their
// gradients. Small values are written in full, large ones as shape and range.
std::string to_text(const Explanation& explanation);

}  // namespace gradus
