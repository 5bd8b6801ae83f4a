// Passes: how a session's compiler rewrites a graph before it runs, one switch for each.
//
//   Session session(g, {.passes = {.fuse_loops = false}});
#pragma once

namespace gradus {

// Results agree to rounding without some or all of them, which the environment can leave out, too:
//
//   GRADUS_PASSES_OFF=fuse_loops,simplify ./program      (or all)
struct Passes {
  bool fold_constants = true;         // compute what depends on constants alone
  bool common_subexpressions = true;  // compute equal nodes once
  bool simplify = true;               // rewrite what has a simpler form
  bool accumulate_products = true;    // sums of matrix products, and steps of SGD, in one call
  bool peephole = true;               // neighbours in a loop by one instruction: a b + c
  bool fuse_loops = true;             // element-wise neighbours in one loop
  bool split_rows = true;             // threads share the rows of a batch, not each call

  friend bool operator==(const Passes&, const Passes&) = default;
};

}  // namespace gradus
