#include <gradus/session.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>
#include <thread>
#include <type_traits>
#include <unordered_map>

#include <fmt/format.h>

#include <gradus/op/op.h>

#include "compiler/compile.h"
#include "compiler/pass_switches.h"
#include "compiler/program/refusals.h"
#include "core/memory.h"
#include "core/throw_at.h"
#include "execute.h"
#include "graph/graph_state.h"
#include "interpret.h"
#include "plan_cache.h"
#include "recorder.h"

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
      : graph_(graph), options_(options), threads_(thread_count(options.threads, where)) {
    const std::size_t most = physical_memory();
    if (options_.memory_limit == 0 || options_.memory_limit > most) options_.memory_limit = most;
    options_.passes = without_switched_off(options_.passes, where);
    options_.interpret |= is_interpreting_switched_on(where);
  }

  // In order of the fetches; valid until the next run.
  std::span<const Result> run(std::span<const Tensor> fetches, std::span<const Feed> feeds,
                              SourceLocation where, Recorder* recorder = nullptr) {
    const Busy busy(is_running_, where);
    read_key(fetches, feeds, where);
    if (options_.interpret) return run_interpreted(where);
    Plan& plan = retry_without_plans([&]() -> Plan& { return prepare(where); });
    execute(plan, run_data_, next_run(), recorder);

    // From here on nothing can fail.
    for (Result& result : plan.results) {
      const void* data = result.data != nullptr ? result.data : run_data_[result.slot];
      if (result.value.byte_count() != 0 && data != result.value.data())
        std::memcpy(result.value.mutable_data(), data, result.value.byte_count());
    }
    for (const Assignment& a : plan.assignments)
      std::memcpy(slot(a.variable).data, a.value != nullptr ? a.value : run_data_[a.slot],
                  a.byte_count);
    return plan.results;
  }

  Array run_one(const Tensor& fetch, std::span<const Feed> feeds, SourceLocation where) {
    return name_fetch_on_bad_alloc({&fetch, 1}, where, [&] {
      return run({&fetch, 1}, feeds, where)[0].value;
    });
  }
  // The values of several fetches; room for them is there before anything runs.
  std::vector<Array> run_all(std::span<const Tensor> fetches, std::span<const Feed> feeds,
                             SourceLocation where) {
    return name_fetch_on_bad_alloc(fetches, where, [&] {
      std::vector<Array> values;
      values.reserve(fetches.size());
      for (const Result& result : run(fetches, feeds, where)) values.push_back(result.value);
      return values;
    });
  }

  PlanReport plan(std::span<const Tensor> fetches, std::span<const Feed> feeds,
                  SourceLocation where) {
    const Busy busy(is_running_, where);
    if (options_.interpret)
      throw_at<GraphError>(where,
                           "plan: a session that interprets has no plan to report or to profile");
    read_key(fetches, feeds, where);
    const Plan& plan = retry_without_plans([&]() -> Plan& { return find_plan(where); });
    const CompileContext context = compile_context(where);
    return report_plan(draft(plan.key, context), plan, context);
  }

  Profile profile(std::span<const Tensor> fetches, std::span<const Feed> feeds, std::int64_t runs,
                  SourceLocation where) {
    if (runs < 1) throw_at<FeedError>(where, "profile: {} runs, at least 1 is possible", runs);
    PlanReport report = plan(fetches, feeds, where);
    // Of each part, all steps, chunk by chunk, and sums; of the first, the stages, too.
    std::size_t events = report.stages.size();
    for (const PlanReport::Step& step : report.steps)
      events += static_cast<std::size_t>(report.stages[step.stage].chunks) + 1;
    check_events(events, runs, where);
    Recorder recorder(events, report.threads);
    for (std::int64_t i = 0; i < runs; ++i)
      recorder.watch_run([&] { run(fetches, feeds, where, &recorder); });
    return make_profile(std::move(report), runs, std::move(recorder).take_events());
  }

  Array value(const Variable& variable, SourceLocation where) {
    const Busy busy(is_running_, where);
    const NodeId id = checked_variable(variable, "value", where);
    initialize_if_unset(id);
    return with_memory_for([&] { return variable_text(id); }, where,
                           [&] { return copy_of(slot(id).array); });
  }

  void set(const Variable& variable, const Array& value, SourceLocation where) {
    const Busy busy(is_running_, where);
    const NodeId id = checked_variable(variable, "set", where);
    if (value.shape() != variable.shape() || value.dtype() != variable.dtype()) {
      const std::string text =
          fmt::format("set: variable \"{}\" has {} {}, the value {} {}", variable.name(),
                      to_text(variable.dtype()), to_text(variable.shape()), to_text(value.dtype()),
                      to_text(value.shape()));
      if (value.dtype() != variable.dtype()) throw DTypeError(at_line(text, where));
      throw ShapeError(at_line(text, where));
    }
    Slot& s = slot(id);
    std::memcpy(s.data, value.data(), value.byte_count());
    s.is_set = true;
  }

  const SessionOptions& options() const { return options_; }

  // Runs f, and makes bad_alloc a MemoryError that names the first fetch.
  template <class F>
  std::invoke_result_t<F> name_fetch_on_bad_alloc(std::span<const Tensor> fetches,
                                                  SourceLocation where, const F& f) {
    try {
      return f();
    } catch (const std::bad_alloc&) {
      const std::string name = fetches.empty() || !fetches[0] ? "" : fetches[0].name();
      throw_at<MemoryError>(where, "run: no memory is left to compute \"{}\"{}", name,
                            fetches.size() > 1 ? " and others" : "");
    }
  }

 private:
  // A variable's memory; it stays where it is as long as the session lives.
  struct Slot {
    Array array;
    std::byte* data = nullptr;
    bool is_set = false;
  };

  class Busy {
   public:
    Busy(std::atomic<bool>& flag, SourceLocation where) : flag_(flag) {
      if (flag_.exchange(true, std::memory_order_acquire))
        throw_at<FeedError>(where, "session: another run of this session has not ended");
    }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;
    ~Busy() { flag_.store(false, std::memory_order_release); }

   private:
    std::atomic<bool>& flag_;
  };

  NodeId checked(const Tensor& t, SourceLocation where) const {
    if (!t) throw_at<FeedError>(where, "run: a fetch is an empty Tensor");
    if (t.shared_state() != graph_.shared_state())
      throw_at<FeedError>(where, "run: fetch \"{}\" is of another graph", t.name());
    return t.id();
  }

  NodeId checked_variable(const Variable& v, std::string_view what, SourceLocation where) const {
    if (!v) throw_at<GraphError>(where, "{}: the Variable is empty", what);
    if (v.shared_state() != graph_.shared_state())
      throw_at<GraphError>(where, "{}: variable \"{}\" is of another graph", what, v.name());
    if (graph_.state().variable(v.id()) == nullptr)
      throw_at<GraphError>(where, "{}: \"{}\" is a {}, not a variable", what, v.name(),
                           v.op_name());
    return v.id();
  }

  void check_feed(const Feed& feed, SourceLocation where) const {
    const Tensor& p = feed.placeholder();
    const Array& value = feed.value();
    if (!p) throw_at<FeedError>(where, "run: a feed is for an empty Tensor");
    if (p.shared_state() != graph_.shared_state())
      throw_at<FeedError>(where, "run: feed \"{}\" is of another graph", p.name());
    if (graph_.state().node(p.id()).op != &placeholder_op)
      throw_at<FeedError>(where, "run: \"{}\" is a {}, only placeholders are fed", p.name(),
                          p.op_name());
    if (value.dtype() != p.dtype() || !accepts(p.shape(), value.shape()))
      throw_at<FeedError>(where, "run: placeholder \"{}\" takes {} {}, fed is {} {}", p.name(),
                          to_text(p.dtype()), to_text(p.shape()), to_text(value.dtype()),
                          to_text(value.shape()));
  }

  std::string variable_text(NodeId id) const {
    const GraphState& graph = graph_.state();
    return "variable " + amount_text(graph.name(id), graph.kind(id).dtype, graph.shape(id));
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
    for (NodeId variable : plan.variables) initialize_if_unset(variable);
    run_data_.clear();
    for (const Feed* feed : sorted_feeds_) run_data_.push_back(feed->value().data());
    for (std::size_t k = 0; k < plan.results.size(); ++k) {
      Result& result = plan.results[k];
      const auto text = [&] {
        return amount_text(graph_.state().name(key_.fetches[k]), result.dtype, result.shape);
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

  // Checks the feeds and writes their part of the key, in order of the placeholders.
  void sort_feeds(std::span<const Feed> feeds, SourceLocation where) {
    sorted_feeds_.clear();
    for (const Feed& feed : feeds) {
      check_feed(feed, where);
      sorted_feeds_.push_back(&feed);
    }
    const auto id = [](const Feed* feed) { return feed->placeholder().id(); };
    std::ranges::sort(sorted_feeds_, {}, id);
    key_.placeholders.clear();
    key_.shapes.clear();
    for (const Feed* feed : sorted_feeds_) {
      if (!key_.placeholders.empty() && key_.placeholders.back() == id(feed))
        throw_at<FeedError>(where, "run: placeholder \"{}\" is fed twice",
                            feed->placeholder().name());
      key_.placeholders.push_back(id(feed));
      key_.shapes.push_back(feed->value().shape());
    }
  }

  // Checks fetches and feeds.
  void read_key(std::span<const Tensor> fetches, std::span<const Feed> feeds,
                SourceLocation where) {
    key_.fetches.clear();
    for (const Tensor& fetch : fetches) key_.fetches.push_back(checked(fetch, where));
    if (fetches.empty()) throw_at<FeedError>(where, "run: nothing is fetched");
    sort_feeds(feeds, where);
  }

  Plan& find_plan(SourceLocation where) {
    if (Plan* known = plans_.find(key_)) return *known;
    const CompileContext context = compile_context(where);
    const Draft made = draft(key_, context);
    std::byte* const arena = plans_.arena(made.arena_bytes, options_.memory_limit);
    if (arena == nullptr)
      throw_at<MemoryError>(where,
                            "run: no memory for {} of values between the feeds and the fetches",
                            bytes_text(made.arena_bytes));
    return plans_.add(compile(key_, made, arena, context));
  }

  std::span<const Result> run_interpreted(SourceLocation where) {
    const Program program = prune(graph_.shared_state(), key_, where);
    Interpretation made = interpret(
        program, [this](NodeId id) { return value_of_source(id); }, next_run(),
        options_.memory_limit, where);
    interpreted_.clear();
    for (Array& result : made.results)
      interpreted_.push_back({nullptr, 0, result.shape(), result.dtype(), std::move(result)});
    // From here on nothing can fail.
    for (const auto& [variable, value] : made.assignments)
      std::memcpy(slot(variable).data, value.data(), value.byte_count());
    return interpreted_;
  }
  // A copy, so that assignments to variables do not change it.
  Array value_of_source(NodeId id) {
    if (graph_.state().variable(id) != nullptr) {
      initialize_if_unset(id);
      return copy_of(slot(id).array);
    }
    const auto fed = std::ranges::lower_bound(key_.placeholders, id) - key_.placeholders.begin();
    return copy_of(sorted_feeds_[static_cast<std::size_t>(fed)]->value());
  }
  static Array copy_of(const Array& x) {
    Array copy = Array::uninitialized(x.shape(), x.dtype());
    std::memcpy(copy.mutable_data(), x.data(), x.byte_count());
    return copy;
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
            .place_of = [this](NodeId id) { return slot(id).data; }};
  }

  Slot& slot(NodeId id) {
    Slot& s = slots_[id];
    if (s.data == nullptr) {
      const Initializer& initializer = graph_.state().variable(id)->initializer;
      s.array = with_memory_for(
          [&] { return variable_text(id); }, graph_.state().where(id),
          [&] { return Array::uninitialized(initializer.shape, initializer.dtype); });
      s.data = static_cast<std::byte*>(s.array.mutable_data());
    }
    return s;
  }

  // Runs the initializer of a variable that has no value yet.
  void initialize_if_unset(NodeId id) {
    Slot& s = slot(id);
    if (s.is_set) return;
    const Initializer& initializer = graph_.state().variable(id)->initializer;
    Random random(options_.seed, graph_.state().name(id));
    const Array first = with_memory_for([&] { return variable_text(id); }, graph_.state().where(id),
                                        [&] { return initializer.make(random); });
    if (first.shape() != initializer.shape || first.dtype() != initializer.dtype)
      throw_at<GraphError>(
          graph_.state().where(id), "variable \"{}\": initializer {} promised {} {} and made {} {}",
          graph_.state().name(id), initializer.name, to_text(initializer.dtype),
          to_text(initializer.shape), to_text(first.dtype()), to_text(first.shape()));
    std::memcpy(s.data, first.data(), first.byte_count());
    s.is_set = true;
  }

  Graph graph_;
  SessionOptions options_;
  ThreadPool threads_;
  InstructionSet set_ = best_instruction_set();
  std::unordered_map<NodeId, Slot> slots_;
  PlanCache plans_;
  std::atomic<bool> is_running_ = false;
  std::uint64_t run_count_ = 0;
  // Kept from run to run, so that a repeated run allocates nothing but its results.
  PlanKey key_;
  std::vector<const Feed*> sorted_feeds_;
  std::vector<const void*> run_data_;
  std::vector<Result> interpreted_;  // in the last run
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
std::vector<Array> Session::run(const std::vector<Tensor>& fetches,
                                std::initializer_list<Feed> feeds, SourceLocation where) {
  return alive(impl_).run_all(fetches, {feeds.begin(), feeds.size()}, where);
}
std::vector<Array> Session::run(const std::vector<Tensor>& fetches, const std::vector<Feed>& feeds,
                                SourceLocation where) {
  return alive(impl_).run_all(fetches, feeds, where);
}

PlanReport Session::plan(const Tensor& fetch, const std::vector<Feed>& feeds,
                         SourceLocation where) {
  Impl& impl = alive(impl_);
  return impl.name_fetch_on_bad_alloc({&fetch, 1}, where, [&] {
    return impl.plan({&fetch, 1}, feeds, where);
  });
}
PlanReport Session::plan(const std::vector<Tensor>& fetches, const std::vector<Feed>& feeds,
                         SourceLocation where) {
  Impl& impl = alive(impl_);
  return impl.name_fetch_on_bad_alloc(fetches, where,
                                      [&] { return impl.plan(fetches, feeds, where); });
}
Profile Session::profile(const Tensor& fetch, const std::vector<Feed>& feeds, std::int64_t runs,
                         SourceLocation where) {
  Impl& impl = alive(impl_);
  return impl.name_fetch_on_bad_alloc({&fetch, 1}, where, [&] {
    return impl.profile({&fetch, 1}, feeds, runs, where);
  });
}
Profile Session::profile(const std::vector<Tensor>& fetches, const std::vector<Feed>& feeds,
                         std::int64_t runs, SourceLocation where) {
  Impl& impl = alive(impl_);
  return impl.name_fetch_on_bad_alloc(fetches, where,
                                      [&] { return impl.profile(fetches, feeds, runs, where); });
}

Array Session::value(const Variable& variable, SourceLocation where) {
  Impl& impl = alive(impl_);
  const Tensor& tensor = variable;
  return impl.name_fetch_on_bad_alloc({&tensor, 1}, where,
                                      [&] { return impl.value(variable, where); });
}
void Session::set(const Variable& variable, const Array& value, SourceLocation where) {
  Impl& impl = alive(impl_);
  const Tensor& tensor = variable;
  impl.name_fetch_on_bad_alloc({&tensor, 1}, where, [&] { impl.set(variable, value, where); });
}
const SessionOptions& Session::options() const { return alive(impl_).options(); }

}  // namespace gradus
