// The formulas that the guards of the kernels look at: one of every kind that ops use.
#pragma once

#include <string_view>
#include <vector>

#include <gradus/op/elementwise.h>
#include <gradus/op/reduction.h>

namespace gradus {

struct SheetFormula {
  std::string_view name;
  ElementwiseKernel kernel;
  bool has_bool_output = false, has_bool_first_input = false;
};
std::vector<SheetFormula> sheet_formulas();

struct SheetReduction {
  std::string_view name;
  ReductionKernel kernel;
};
std::vector<SheetReduction> sheet_reductions();

}  // namespace gradus
