// The compiler's pipeline: all passes that have a switch, in their order, after prune. Here stands
// of each what it does, its name, its switch and its function; compile.cpp runs the table.
#pragma once

#include <cstddef>
#include <string_view>

#include <gradus/passes.h>

#include "compile_context.h"
#include "compiler/plan/draft.h"

namespace gradus {

// From program to program ------------------------------------------------------------------------

// Computes what depends on nothing but constants; in place, if nobody else has the graph.
Program fold_constants(Program program, const CompileContext& context);
// Computes equal nodes once.
Program common_subexpressions(Program program, const CompileContext& context);
// Rewrites what has a simpler form: see simplify_rules.cpp.
Program simplify(Program program, const CompileContext& context);
// Sums of matrix products become one node of product_sum_op: with a scale, and where a variable is
// assigned what it was plus products (a step of SGD), that variable as the place of the sum.
Program accumulate_products(Program program, const CompileContext& context);
// Neighbours of a loop become one instruction, where there is one for all of them.
Program peephole(Program program, const CompileContext& context);

// What is decided about the last program: these run in any case, and look at their switch ---------

// Which nodes are computed together, in one loop, and in which order: draft.schedule.
void fuse_loops(Draft& draft, const CompileContext& context);
// What threads do between two barriers: draft.stages.
void split_rows(Draft& draft, const CompileContext& context);
// Run last, by draft() in compile.cpp: where each value lies, by lifetimes, in one arena; a loop's
// result may overwrite what it read last, and a new value of a variable is written in its place if
// nobody reads the old one any more. MemoryError above the limit.
void plan_memory(Draft& draft, const CompileContext& context);

struct Pass {
  std::string_view name;
  bool Passes::*is_on;
  Program (*rewrite)(Program, const CompileContext&) = nullptr;
  void (*decide)(Draft&, const CompileContext&) = nullptr;
  // As long as it changes something, so many passes, of which it is the last, run again.
  std::size_t repeats = 1;
};

inline constexpr Pass pipeline[] = {
    // All shapes are known. What never changes is computed now, what is there twice once, and what
    // has a simpler form is written in it, which makes work for the first two.
    {.name = "fold_constants", .is_on = &Passes::fold_constants, .rewrite = fold_constants},
    {.name = "common_subexpressions",
     .is_on = &Passes::common_subexpressions,
     .rewrite = common_subexpressions},
    // From here on there are ops that users cannot write: add_into_slice of
    // ops/shape/add_into_slice.h, and those of fused_ops.h.
    {.name = "simplify", .is_on = &Passes::simplify, .rewrite = simplify, .repeats = 3},
    {.name = "accumulate_products",
     .is_on = &Passes::accumulate_products,
     .rewrite = accumulate_products},
    {.name = "peephole", .is_on = &Passes::peephole, .rewrite = peephole},
    // From here on the graph stays as it is.
    {.name = "fuse_loops", .is_on = &Passes::fuse_loops, .decide = fuse_loops},
    {.name = "split_rows", .is_on = &Passes::split_rows, .decide = split_rows},
};

}  // namespace gradus
