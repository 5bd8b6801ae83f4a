// Which part of a loop over tiles a node can be.
#pragma once

#include <cstdint>

#include "compiler/program/program.h"

namespace gradus {

enum class LoopForm : std::uint8_t {
  none,
  formula,      // element-wise
  cast,         // element-wise, too
  scalar,       // stands beside every element
  row,          // stands beside every row
  column,       // each element stands beside all of its row
  total,        // the sum of all elements
  sum_of_rows,  // one sum for each column
  row_sums,     // one sum for each row
};

constexpr bool is_repeat(LoopForm form) {
  return form == LoopForm::scalar || form == LoopForm::row || form == LoopForm::column;
}
constexpr bool is_sum(LoopForm form) { return form >= LoopForm::total; }

// The elements that a loop goes over, in order; if the number of columns matters, as rows of so
// many.
struct LoopDomain {
  std::int64_t elements = 0;
  std::int64_t columns = 0;  // 0: any

  // The domain of a loop that holds the nodes of both; not to be asked unless fits().
  LoopDomain with(const LoopDomain& other) const {
    return {elements, columns != 0 ? columns : other.columns};
  }
  bool fits(const LoopDomain& other) const {
    return elements == other.elements &&
           (columns == 0 || other.columns == 0 || columns == other.columns);
  }
};

struct LoopNode {
  LoopForm form = LoopForm::none;
  LoopDomain domain;
};

LoopNode loop_node(const Program& program, NodeId id);

}  // namespace gradus
