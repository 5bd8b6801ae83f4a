#include <utility>

#include "proof/random_graph.h"

namespace gradus::proof {
namespace {

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

}  // namespace gradus::proof
