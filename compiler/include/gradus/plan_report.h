// PlanReport: what a session does in a run, kernel call by kernel call.
//
//   std::cout << session.plan(step, {{x, images}}).to_text();
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gradus/dtype.h>
#include <gradus/shape.h>

namespace gradus {

struct PlanReport {
  // A node of the graph as the compiler has rewritten it.
  struct Value {
    // Where its elements are: a loop passes them on from tile to tile and they are nowhere; in the
    // arena at an offset; in a variable that takes this value, or in the array that the user gets,
    // without a copy.
    enum class Place : std::uint8_t { loop, arena, variable, result };

    // Of the user's node that it comes from; a second one of that name ends in "~2".
    std::string name = {};
    std::string formula = {};  // "matmul(x, W, transpose_a=false, transpose_b=true)"
    DType dtype = float32;
    Shape shape = {};
    Place place = Place::loop;
    std::size_t offset = 0;     // bytes from the begin of the arena
    std::string variable = {};  // its name

    friend bool operator==(const Value&, const Value&) = default;
  };

  struct Step {
    std::string kernel = {};         // "product", "loop", or the op of another kernel
    std::vector<Value> values = {};  // what it computes, in order: a loop often many at once
    std::size_t stage = 0;           // among the stages
    int parts = 1;                   // so many threads share it; 1 where a kernel decides
    // A product [m, k] x [k, n] has 2 m n k. A loop has one for each element of each element-wise
    // op, be it a sum or an exponential, and of what it sums up. Others have 0: not counted.
    std::int64_t flops = 0;
    // Of all arrays in memory that it reads, and of all that it writes, each once.
    std::int64_t bytes = 0;

    // Of the last value, with how many there are beside it: "loss (+4)".
    std::string name() const;
  };

  // What threads do between two barriers.
  struct Stage {
    // If not 0, each thread takes some of so many rows through all steps; else each takes a part of
    // each step.
    std::int64_t rows = 0;
    std::int64_t chunks = 1;  // of the rows: each goes through all steps before the next does
    int threads = 1;  // 1 where to share would cost more than it saves, or where a kernel decides
  };

  std::vector<Step> steps = {};
  std::vector<Stage> stages = {};
  int threads = 1;                // of the session
  std::size_t arena_bytes = 0;    // for values, which take each other's places
  std::size_t scratch_bytes = 0;  // for kernels, of all threads together
  // After the last step: fetched values, and what variables could not take in place.
  std::size_t copied_bytes = 0;

  // Of all steps.
  std::int64_t flops() const;
  std::int64_t bytes() const;

  // Stages, steps and their values, one below the other.
  std::string to_text() const;
};

}  // namespace gradus
