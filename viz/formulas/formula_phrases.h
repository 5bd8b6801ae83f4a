// How people write what no form can say.
#pragma once

#include <optional>

#include "formula_call.h"

namespace gradus {

struct PhraseSite {
  const FormulaView& view;
  NodeId id;
  Notation notation;
  const FormulaOf& of;

  bool is_latex() const { return notation == Notation::latex; }
  // The form with {a}, {b} and {c} for the operands.
  Formula write(const Form& form, std::initializer_list<Formula> operands) const;
  Formula operand(std::size_t k) const { return of(view.operand(id, k)); }
};

// Nothing where the op's own form serves.
std::optional<Formula> phrase(const PhraseSite& site);

}  // namespace gradus
