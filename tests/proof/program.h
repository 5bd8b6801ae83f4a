// A program: a graph as a list of steps, built in a graph, or interpreted by the oracles. The
// interpreter knows no graph and no kernels.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <gradus/session.h>

#include "proof/proof.h"

namespace gradus::proof {

// Each step is computed from sources and from steps before it.
struct Program {
  struct Source {
    Value value;
    DType dtype;
    bool is_variable;
  };
  struct Step {
    const Proof* proof;
    std::vector<std::size_t> operands;  // sources are first, then steps
  };
  std::vector<Source> sources;
  std::vector<Step> steps;

  std::size_t size() const { return sources.size() + steps.size(); }
};

// The tensors of a program, built in a graph of its own.
struct Built {
  Graph graph;
  Tensors tensors;
  std::vector<Feed> feeds;
};

Tensor add_source(Built& built, const Program::Source& source);
Tensors operands_of(const Program::Step& step, const Tensors& tensors);
Built build(const Program& program);

// What the oracle of a step makes of the values of all sources and steps before it.
Value value_of_step(const Program::Step& step, const Values& values);
// The interpreter. `moved` is added to one element of one source.
Values interpret(const Program& program, std::size_t source = 0, std::size_t element = 0,
                 Real moved = 0);

// The lines of the graph, for a person.
std::string to_text(const Program& program);

}  // namespace gradus::proof
