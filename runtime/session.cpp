#include <gradus/session.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "compiler/compile.h"
#include "compiler/pass_switches.h"
#include "compiler/program/refusals.h"
#include "core/memory.h"
#include "core/throw_at.h"
#include "execute.h"
#include "graph/graph_state.h"
#include "held_values.h"
#include "interpret.h"
#include "non_finite.h"
#include "plan_cache.h"
#include "recorder.h"
#include "run_request.h"
#include "variable_values.h"

namespace gradus {
namespace {

int thread_count(int wanted, SourceLocation where) {
  constexpr int most = 1024;
  if (wanted < 0 || wanted > most)
    throw_at<GraphError>(
        where, "session: {} threads, between 1 and {} are possible, or 0 for one per core", wanted,
        most);
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  return wanted != 0 ? wanted : std::clamp(cores, 1, most);
}

// Of a Session that was not moved from.
template <class T>
T& alive(const std::unique_ptr<T>& impl) {
  if (!impl) throw GraphError("session: the Session was moved from");
  return *impl;
}

}  // namespace

class Session::Impl {
 public:
  Impl(const Graph& graph, const SessionOptions& options, SourceLocation where)
      : graph_(graph),
        options_(options),
        threads_(thread_count(options.threads, where)),
        variables_(graph, options.seed),
        request_(graph) {
    const std::size_t most = physical_memory();
    if (options_.memory_limit == 0 || options_.memory_limit > most) options_.memory_limit = most;
    options_.passes = without_switched_off(options_.passes, where);
    options_.interpret |= is_interpreting_switched_on(where);
  }

  Array run_one(const Tensor& fetch, std::span<const Feed> feeds, SourceLocation where) {
    return alone({&fetch, 1}, where, [&] { return run({&fetch, 1}, feeds, where)[0].value; });
  }
  // Room for the values is there before anything runs.
  std::vector<Array> run_all(std::span<const Tensor> fetches, std::span<const Feed> feeds,
                             SourceLocation where) {
    return alone(fetches, where, [&] {
      std::vector<Array> values;
      values.reserve(fetches.size());
      for (const Result& result : run(fetches, feeds, where)) values.push_back(result.value);
      return values;
    });
  }

  PlanReport plan(std::span<const Tensor> fetches, std::span<const Feed> feeds,
                  SourceLocation where) {
    return alone(fetches, where, [&] { return report(fetches, feeds, where); });
  }

  Profile profile(std::span<const Tensor> fetches, std::span<const Feed> feeds, std::int64_t runs,
                  SourceLocation where) {
    if (runs < 1) throw_at<FeedError>(where, "profile: {} runs, at least 1 is possible", runs);
    return alone(fetches, where, [&] {
      PlanReport report = this->report(fetches, feeds, where);
      // Of each part, all steps, chunk by chunk, and sums; of the first, the stages, too.
      std::size_t events = report.stages.size();
      for (const PlanReport::Step& step : report.steps)
        events += static_cast<std::size_t>(report.stages[step.stage].chunks) + 1;
      check_events(events, runs, where);
      Recorder recorder(events, report.threads);
      for (std::int64_t i = 0; i < runs; ++i)
        recorder.watch_run([&] { run(fetches, feeds, where, &recorder); });
      return make_profile(std::move(report), runs, std::move(recorder).take_events());
    });
  }

  Array value(const Variable& variable, SourceLocation where) {
    const Tensor& tensor = variable;
    return alone({&tensor, 1}, where, [&] { return variables_.value(variable, where); });
  }
  void set(const Variable& variable, const Array& value, SourceLocation where) {
    const Tensor& tensor = variable;
    alone({&tensor, 1}, where, [&] { variables_.set(variable, value, where); });
  }
  void set(const std::vector<VariableValue>& values, SourceLocation where) {
    alone({}, where, [&] { variables_.set(values, where); });
  }
  void set(std::vector<VariableValue>&& values, SourceLocation where) {
    alone({}, where, [&] { variables_.set(std::move(values), where); });
  }

  // Between the two, nothing else uses the session.
  void hold(SourceLocation where) {
    if (is_running_.exchange(true, std::memory_order_acquire))
      throw_at<FeedError>(where, "session: another run of this session has not ended");
  }
  void release() { is_running_.store(false, std::memory_order_release); }
  const Array& held(const Variable& variable, SourceLocation where) {
    return variables_.current(variable, where);
  }

  RandomState random_state() const { return {options_.seed, run_count_}; }
  void set_random_state(const RandomState& state, SourceLocation where) {
    const Busy busy(*this, where);
    options_.seed = state.seed;
    variables_.set_seed(state.seed);
    run_count_ = state.run_count;
  }

  const Graph& graph() const { return graph_; }
  const SessionOptions& options() const { return options_; }

 private:
  class Busy {
   public:
    Busy(Impl& session, SourceLocation where) : session_(session) { session_.hold(where); }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;
    ~Busy() { session_.release(); }

   private:
    Impl& session_;
  };

  // What f returns, while nothing else uses the session; bad_alloc becomes a MemoryError that names
  // the first fetch.
  template <class F>
  std::invoke_result_t<F> alone(std::span<const Tensor> fetches, SourceLocation where, const F& f) {
    const Busy busy(*this, where);
    try {
      return f();
    } catch (const std::bad_alloc&) {
      const std::string name = fetches.empty() || !fetches[0] ? "" : fetches[0].name();
      throw_at<MemoryError>(where, "run: no memory is left to compute \"{}\"{}", name,
                            fetches.size() > 1 ? " and others" : "");
    }
  }

  // In order of the fetches; valid until the next run.
  std::span<const Result> run(std::span<const Tensor> fetches, std::span<const Feed> feeds,
                              SourceLocation where, Recorder* recorder = nullptr) {
    request_.read(fetches, feeds, where);
    if (options_.interpret) return run_interpreted(where);
    Plan& plan = retry_without_plans([&]() -> Plan& { return prepare(where); });
    const RunContext context = next_run();
    execute(plan, run_data_, context, recorder);
    const auto at = [&](const void* data, std::size_t slot) {
      return data != nullptr ? data : run_data_[slot];
    };
    if (options_.check_finite) {
      for (std::size_t k = 0; k < plan.results.size(); ++k) {
        const Result& r = plan.results[k];
        check_fetched(k, {at(r.data, r.slot), r.shape, r.dtype}, context, where);
      }
      for (const Assignment& a : plan.assignments)
        check_assigned(a.variable, at(a.value, a.slot), context, where);
    }

    // From here on nothing can fail.
    for (Result& result : plan.results) {
      const void* data = at(result.data, result.slot);
      if (result.value.byte_count() != 0 && data != result.value.data())
        std::memcpy(result.value.mutable_data(), data, result.value.byte_count());
    }
    for (const Assignment& a : plan.assignments) variables_.assign(a.variable, at(a.value, a.slot));
    return plan.results;
  }

  std::span<const Result> run_interpreted(SourceLocation where) {
    const Program program = prune(graph_.shared_state(), request_.key(), where);
    const RunContext context = next_run();
    Interpretation made = interpret(program, source_, context, options_.memory_limit, where);
    if (options_.check_finite) {
      for (std::size_t k = 0; k < made.results.size(); ++k) {
        const Array& result = made.results[k];
        check_fetched(k, {result.data(), result.shape(), result.dtype()}, context, where);
      }
      for (const auto& [variable, value] : made.assignments)
        check_assigned(variable, value.data(), context, where);
    }
    interpreted_.clear();
    for (Array& result : made.results)
      interpreted_.push_back({nullptr, 0, result.shape(), result.dtype(), std::move(result)});
    // From here on nothing can fail.
    for (const auto& [variable, value] : made.assignments)
      variables_.assign(variable, value.data());
    return interpreted_;
  }

  // What leaves a run is looked at before any variable changes.
  void check_fetched(std::size_t k, const ArrayView& value, const RunContext& context,
                     SourceLocation where) {
    if (!all_finite(value)) refuse("", request_.key().fetches[k], value, context, where);
  }
  void check_assigned(NodeId variable, const void* data, const RunContext& context,
                      SourceLocation where) {
    const GraphState& graph = graph_.state();
    const ArrayView value{data, graph.shape(variable), graph.kind(variable).dtype};
    if (!all_finite(value)) refuse("the new value of ", variable, value, context, where);
  }
  [[noreturn]] void refuse(std::string_view role, NodeId id, const ArrayView& value,
                           const RunContext& context, SourceLocation where) {
    const std::string outcome =
        fmt::format("{}\"{}\" {}", role, graph_.state().name(id), non_finite_text(value));
    plans_.clear();  // in whose place there is memory for all values, one by one
    refuse_non_finite(outcome, prune(graph_.shared_state(), request_.key(), where), source_,
                      context, options_.memory_limit, where);
  }

  PlanReport report(std::span<const Tensor> fetches, std::span<const Feed> feeds,
                    SourceLocation where) {
    if (options_.interpret)
      throw_at<GraphError>(where,
                           "plan: a session that interprets has no plan to report or to profile");
    request_.read(fetches, feeds, where);
    const Plan& plan = retry_without_plans([&]() -> Plan& { return find_plan(where); });
    const CompileContext context = compile_context(where);
    return report_plan(draft(plan.key, context), plan, context);
  }

  // All that is noted of so many runs must find room.
  void check_events(std::size_t events, std::int64_t runs, SourceLocation where) const {
    const std::size_t most = options_.memory_limit / sizeof(Profile::Event) / (events + 1);
    if (static_cast<std::uint64_t>(runs) > most)
      throw_at<MemoryError>(where, "profile: {} runs of up to {} events are more than fit in {}",
                            runs, events + 1, bytes_text(options_.memory_limit));
  }

  // Runs f; where memory is short, again without the plans that are kept for other runs.
  template <class F>
  Plan& retry_without_plans(const F& f) {
    try {
      return f();
    } catch (const std::bad_alloc&) {
    } catch (const MemoryError&) {
    }
    plans_.clear();
    return f();
  }

  // All that a run needs before it runs: values of variables, room for results.
  Plan& prepare(SourceLocation where) {
    Plan& plan = find_plan(where);
    for (NodeId variable : plan.variables) variables_.initialized(variable);
    run_data_.clear();
    for (const Feed* feed : request_.feeds()) run_data_.push_back(feed->value().data());
    for (std::size_t k = 0; k < plan.results.size(); ++k) {
      Result& result = plan.results[k];
      const auto text = [&] {
        return amount_text(graph_.state().name(plan.key.fetches[k]), result.dtype, result.shape);
      };
      with_memory_for(text, where, [&] { make_room(result); });
      run_data_.push_back(result.value.mutable_data());
    }
    return plan;
  }

  // An array that nobody else has. Who keeps the last result while the next is made gets two in
  // turn.
  static void make_room(Result& result) {
    const auto is_free = [&] {
      return result.value.is_unique() && result.value.shape() == result.shape &&
             result.value.dtype() == result.dtype;
    };
    if (is_free()) return;
    std::swap(result.value, result.spare);
    if (!is_free()) result.value = Array::uninitialized(result.shape, result.dtype);
  }

  Plan& find_plan(SourceLocation where) {
    const PlanKey& key = request_.key();
    if (Plan* known = plans_.find(key)) return *known;
    const CompileContext context = compile_context(where);
    const Draft made = draft(key, context);
    std::byte* const arena = plans_.arena(made.arena_bytes, options_.memory_limit);
    if (arena == nullptr)
      throw_at<MemoryError>(where,
                            "run: no memory for {} of values between the feeds and the fetches",
                            bytes_text(made.arena_bytes));
    return plans_.add(compile(key, made, arena, context));
  }

  // Also counts the run.
  RunContext next_run() {
    return {.graph = graph_.state(),
            .set = set_,
            .threads = threads_,
            .seed = options_.seed,
            .run = run_count_++};
  }
  CompileContext compile_context(SourceLocation where) {
    return {.graph = graph_.state(),
            .set = set_,
            .threads = threads_,
            .memory_limit = options_.memory_limit,
            .passes = options_.passes,
            .where = where,
            .assigns_in_place = !options_.check_finite,
            .place_of = [this](NodeId id) { return variables_.place(id); }};
  }

  Graph graph_;
  SessionOptions options_;
  ThreadPool threads_;
  InstructionSet set_ = best_instruction_set();
  VariableValues variables_;
  PlanCache plans_;
  std::atomic<bool> is_running_ = false;
  std::uint64_t run_count_ = 0;
  // Kept from run to run, so that a repeated run allocates nothing but its results.
  RunRequest request_;
  std::vector<const void*> run_data_;
  std::vector<Result> interpreted_;  // in the last run
  const ValueSource source_ = [this](NodeId id) {
    const bool is_variable = graph_.state().variable(id) != nullptr;
    return copy_of(is_variable ? variables_.initialized(id) : request_.fed(id));
  };
};

Session::Session(const Graph& graph, const SessionOptions& options, SourceLocation where)
    : impl_(std::make_unique<Impl>(graph, options, where)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Array Session::run(const Tensor& fetch, std::initializer_list<Feed> feeds, SourceLocation where) {
  return alive(impl_).run_one(fetch, {feeds.begin(), feeds.size()}, where);
}
Array Session::run(const Tensor& fetch, const std::vector<Feed>& feeds, SourceLocation where) {
  return alive(impl_).run_one(fetch, feeds, where);
}
std::vector<Array> Session::run(const TensorList& fetches, std::initializer_list<Feed> feeds,
                                SourceLocation where) {
  return alive(impl_).run_all(fetches, {feeds.begin(), feeds.size()}, where);
}
std::vector<Array> Session::run(const TensorList& fetches, const std::vector<Feed>& feeds,
                                SourceLocation where) {
  return alive(impl_).run_all(fetches, feeds, where);
}

PlanReport Session::plan(const Tensor& fetch, const std::vector<Feed>& feeds,
                         SourceLocation where) {
  return alive(impl_).plan({&fetch, 1}, feeds, where);
}
PlanReport Session::plan(const TensorList& fetches, const std::vector<Feed>& feeds,
                         SourceLocation where) {
  return alive(impl_).plan(fetches, feeds, where);
}
Profile Session::profile(const Tensor& fetch, const std::vector<Feed>& feeds, std::int64_t runs,
                         SourceLocation where) {
  return alive(impl_).profile({&fetch, 1}, feeds, runs, where);
}
Profile Session::profile(const TensorList& fetches, const std::vector<Feed>& feeds,
                         std::int64_t runs, SourceLocation where) {
  return alive(impl_).profile(fetches, feeds, runs, where);
}

Array Session::value(const Variable& variable, SourceLocation where) {
  return alive(impl_).value(variable, where);
}
void Session::set(const Variable& variable, const Array& value, SourceLocation where) {
  alive(impl_).set(variable, value, where);
}
void Session::set(const std::vector<VariableValue>& values, SourceLocation where) {
  alive(impl_).set(values, where);
}
void Session::set(std::vector<VariableValue>&& values, SourceLocation where) {
  alive(impl_).set(std::move(values), where);
}
RandomState Session::random_state() const { return alive(impl_).random_state(); }
void Session::set_random_state(const RandomState& state, SourceLocation where) {
  alive(impl_).set_random_state(state, where);
}
const Graph& Session::graph() const { return alive(impl_).graph(); }
const SessionOptions& Session::options() const { return alive(impl_).options(); }

HeldValues::HeldValues(Session& session, SourceLocation where)
    : session_(alive(session.impl_)), where_(where) {
  session_.hold(where);
}
HeldValues::~HeldValues() { session_.release(); }
const Array& HeldValues::value(const Variable& variable) const {
  return session_.held(variable, where_);
}

}  // namespace gradus
