// How people write what no template can say.
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
  // The template with {a}, {b} and {c} for the operands.
  Formula write(std::string_view form, std::initializer_list<Formula> operands) const;
  Formula operand(std::size_t k) const { return of(view.operand(id, k)); }
};

// Nothing where the op's own template serves.
std::optional<Formula> phrase(const PhraseSite& site);

}  // namespace gradus
