#include "rewrite.h"

#include <utility>

namespace gradus {

Program rewrite(Program program, const Passes& passes, InstructionSet set,
                const PassObserver& observer) {
  // Whether it has changed something.
  const auto apply = [&](bool is_on, std::string_view name, const auto& pass) {
    if (!is_on) return false;
    program = pass(std::move(program));
    const bool has_changed = !program.rewritings.empty();
    if (has_changed && observer) observer(name, program);
    // What a pass did is told before the next, or not at all.
    program.moved = {};
    program.rewritings = {};
    return has_changed;
  };
  // What never changes is computed now, what is there twice once, and what has a simpler form is
  // written in it. The first two leave nothing that they could do; the third makes work for all.
  // No chain of rules is as long as this.
  constexpr int most_rounds = 8;
  for (int round = 0; round < most_rounds; ++round) {
    apply(passes.fold, "fold", [&](Program&& p) { return fold(std::move(p), set); });
    apply(passes.merge, "merge", merge);
    if (!apply(passes.simplify, "simplify", simplify)) break;
  }
  // Matrix products that are added up become one call, and a step of SGD with them.
  apply(passes.place_products, "place_products", place_products);
  // Of two neighbours that one loop will hold, one instruction may do the work of both.
  apply(passes.combine && passes.fuse, "combine", combine);
  return program;
}

}  // namespace gradus
