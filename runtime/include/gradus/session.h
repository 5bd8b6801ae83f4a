// Session: runs a graph and keeps the values of its variables.
//
//   Session session(g, {.seed = 42});
//   session.run(step, {{x, images}});                          // one training step
//   Array reconstructed = session.run(x_tilde, {{x, images}});
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <vector>

#include <gradus/array.h>
#include <gradus/feed.h>
#include <gradus/graph.h>
#include <gradus/passes.h>
#include <gradus/profile.h>
#include <gradus/tensor.h>

namespace gradus {

struct SessionOptions {
  std::uint64_t seed = 0;  // of initializers and random ops
  int threads = 0;         // 0: one per core; the results' bits do not depend on it
  // Bytes for the intermediate values of a run; 0: all of the machine. Between runs they are kept
  // for the next, but for what the last one did not use, if that is more than 64 MiB.
  std::size_t memory_limit = 0;
  Passes passes = {};
  // Runs compute node after node, each by its own kernel, without a compiler: slow, and what the
  // compiler is tested against. GRADUS_INTERPRET=1 ./program.
  bool interpret = false;
  // A run whose fetches or assigned values hold NaN or infinity fails, before a variable changes:
  // NumericsError, which names the node where the first of them arose. What leaves the run is
  // looked at; if it is not finite, all is computed again, node by node. Variables then take their
  // values at the end of a run, never in place.
  bool check_finite = false;
};

struct VariableValue {
  Variable variable;
  Array value;
};

// Where the random numbers of runs come from, beside the graph: two sessions of one graph with
// equal random states and variables compute the same from there on, bit for bit.
struct RandomState {
  std::uint64_t seed = 0;
  std::uint64_t run_count = 0;  // runs so far; each has other numbers
};

// A run reads every variable as it was before the run; all its assignments take effect together at
// its end. If a run fails, no variable has changed. One run at a time: a second thread, or a run
// inside a run, is refused. The first run of some fetches and shapes of feeds makes a plan for
// them; of many, those that were not used for long are forgotten. A run reads the graph: nobody may
// add to that meanwhile. Sessions of one graph may run at the same time, each in a thread.
class Session {
 public:
  explicit Session(const Graph& graph, const SessionOptions& options = {},
                   SourceLocation where = SourceLocation::current());
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  // The value of a fetch. FeedError for a wrong feed or fetch, ShapeError where sizes that only the
  // run knows do not fit, MemoryError above the limit, NumericsError of
  // SessionOptions::check_finite.
  Array run(const Tensor& fetch, std::initializer_list<Feed> feeds = {},
            SourceLocation where = SourceLocation::current());
  Array run(const Tensor& fetch, const std::vector<Feed>& feeds,
            SourceLocation where = SourceLocation::current());
  // The values of several, in their order, of one run.
  std::vector<Array> run(const TensorList& fetches, std::initializer_list<Feed> feeds = {},
                         SourceLocation where = SourceLocation::current());
  std::vector<Array> run(const TensorList& fetches, const std::vector<Feed>& feeds,
                         SourceLocation where = SourceLocation::current());

  // How these fetches are computed from such feeds: see PlanReport. Nothing runs; the values of the
  // feeds do not matter, their shapes do. The errors of run(), and GraphError of a session that
  // interprets.
  PlanReport plan(const Tensor& fetch, const std::vector<Feed>& feeds = {},
                  SourceLocation where = SourceLocation::current());
  PlanReport plan(const TensorList& fetches, const std::vector<Feed>& feeds = {},
                  SourceLocation where = SourceLocation::current());
  // Runs so many times, as run() does, and tells how long each step took: see Profile. What a run
  // assigns is assigned each time. FeedError if there are no runs, and the errors of plan().
  Profile profile(const Tensor& fetch, const std::vector<Feed>& feeds = {}, std::int64_t runs = 10,
                  SourceLocation where = SourceLocation::current());
  Profile profile(const TensorList& fetches, const std::vector<Feed>& feeds = {},
                  std::int64_t runs = 10, SourceLocation where = SourceLocation::current());

  // A variable's value; its initializer runs at first use.
  Array value(const Variable& variable, SourceLocation where = SourceLocation::current());
  void set(const Variable& variable, const Array& value,
           SourceLocation where = SourceLocation::current());
  // All of these or, if one is refused, none.
  void set(const std::vector<VariableValue>& values,
           SourceLocation where = SourceLocation::current());
  // The same; values that nobody else holds are not copied where the session has none yet.
  void set(std::vector<VariableValue>&& values, SourceLocation where = SourceLocation::current());

  RandomState random_state() const;
  // options() has the new seed then; variables that have their first values keep them.
  void set_random_state(const RandomState& state, SourceLocation where = SourceLocation::current());

  const Graph& graph() const;
  const SessionOptions& options() const;

 private:
  friend class HeldValues;
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gradus
