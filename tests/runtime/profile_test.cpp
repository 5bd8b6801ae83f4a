// How long steps take, as table and as trace.
#include <unistd.h>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <gradus/gradients.h>
#include <gradus/graph.h>
#include <gradus/ops.h>
#include <gradus/session.h>

#include "support.h"

namespace gradus {
namespace {

using Kind = Profile::Event::Kind;
using nlohmann::json;

// A training step with stages that threads share by rows, by parts, and not at all.
struct Profiles : testing::Test {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 60});
  Variable W = g.variable("W", random_array({50, 60}, "W", -0.1, 0.1, float32));
  Tensor h = named(elu(matmul(x, W, {.transpose_b = true})), R"("code" \ </script> )"
                                                             "\xC3\xA4\xFF");
  Tensor loss = reduce_mean(reduce_sum(square(matmul(h, W) - x), 1));
  Tensor step = assign(W, W - 1e-2 * gradient(loss, W));
  Tensor order = reduce_sum(softmax(x));
  std::vector<Feed> feeds{{x, random_array({200, 60}, "x", -1, 1, float32)}};
};

TEST_F(Profiles, add_up_what_threads_did) {
  for (int threads : {1, 2}) {
    Session session(g, {.threads = threads});
    const Profile profile = session.profile({loss, step, order}, feeds, 3);
    EXPECT_EQ(profile.runs, 3);
    ASSERT_EQ(profile.steps.size(), profile.plan.steps.size());
    double share = 0, seconds = 0;
    for (const Profile::Step& s : profile.steps) {
      EXPECT_GT(s.shortest, 0);
      EXPECT_LE(s.shortest, s.seconds);
      share += s.share;
      seconds += s.seconds;
    }
    EXPECT_NEAR(share, 1, 1e-12);
    EXPECT_LE(profile.shortest, profile.seconds);
    for (std::size_t i = 0; i < profile.steps.size(); ++i) {
      const Profile::Step& s = profile.steps[i];
      EXPECT_DOUBLE_EQ(s.share * seconds, s.seconds);
      EXPECT_DOUBLE_EQ(s.gflops_per_second * s.seconds * 1e9,
                       static_cast<double>(profile.plan.steps[i].flops));
      EXPECT_DOUBLE_EQ(s.gigabytes_per_second * s.seconds * 1e9,
                       static_cast<double>(profile.plan.steps[i].bytes));
    }
  }
}

TEST_F(Profiles, of_one_run_hold_its_events_in_its_time) {
  Session session(g, {.threads = 2});
  const Profile profile = session.profile({loss, step, order}, feeds, 1);
  std::vector<double> seconds(profile.steps.size());
  for (const Profile::Event& e : profile.events) {
    EXPECT_GE(e.begin, profile.events[0].begin);
    EXPECT_LE(e.end, profile.events[0].end);
    if (e.kind == Kind::step || e.kind == Kind::sums)
      seconds[e.number] += 1e-9 * static_cast<double>(e.end - e.begin);
  }
  EXPECT_EQ(profile.events[0].kind, Kind::run);
  EXPECT_DOUBLE_EQ(profile.seconds, 1e-9 * static_cast<double>(profile.events[0].end));
  for (std::size_t i = 0; i < seconds.size(); ++i) {
    EXPECT_DOUBLE_EQ(seconds[i], profile.steps[i].seconds);
    EXPECT_EQ(profile.steps[i].seconds, profile.steps[i].shortest);
  }
}

TEST_F(Profiles, have_one_event_for_each_stage_and_for_each_part_of_a_step_in_each_run) {
  for (int threads : {1, 2, 3}) {
    Session session(g, {.threads = threads});
    const Profile profile = session.profile({loss, step, order}, feeds, 2);
    std::map<std::pair<Kind, std::size_t>, std::vector<std::int64_t>> parts;
    for (const Profile::Event& e : profile.events) {
      parts[{e.kind, e.number}].push_back(e.part);
      EXPECT_LT(e.thread, threads);
      EXPECT_TRUE(e.kind == Kind::step || e.thread == 0);
    }
    EXPECT_EQ((parts[{Kind::run, 0}]), (std::vector<std::int64_t>{0, 0}));
    for (std::size_t i = 0; i < profile.plan.stages.size(); ++i)
      EXPECT_EQ((parts[{Kind::stage, i}]), (std::vector<std::int64_t>{0, 0}));
    bool is_shared = false;
    for (std::size_t i = 0; i < profile.plan.steps.size(); ++i) {
      const int shared = profile.plan.stages[profile.plan.steps[i].stage].threads;
      is_shared |= shared == threads;
      std::vector<std::int64_t> expected;
      for (int part = 0; part < shared; ++part) expected.insert(expected.end(), 2, part);
      std::ranges::sort(parts[{Kind::step, i}]);
      EXPECT_EQ((parts[{Kind::step, i}]), expected);
    }
    EXPECT_TRUE(is_shared);
  }
}

TEST_F(Profiles, have_one_event_for_each_chunk_of_rows) {
  const std::vector<Feed> many{{x, random_array({3000, 60}, "x", -1, 1, float32)}};
  for (int threads : {1, 2, 3}) {
    const Profile profile = Session(g, {.threads = threads}).profile({loss, step}, many, 2);
    std::vector<std::int64_t> events(profile.steps.size());
    for (const Profile::Event& e : profile.events) events[e.number] += e.kind == Kind::step;
    bool has_chunks = false;
    for (std::size_t i = 0; i < profile.steps.size(); ++i) {
      const PlanReport::Stage& stage = profile.plan.stages[profile.plan.steps[i].stage];
      has_chunks |= stage.chunks > threads;
      EXPECT_TRUE(stage.rows == 0 || events[i] == 2 * stage.chunks) << events[i];
    }
    EXPECT_TRUE(has_chunks);
  }
}

TEST_F(Profiles, run_as_often_as_they_say_with_the_results_of_runs) {
  Session watched(g, {.threads = 2}), ordinary(g, {.threads = 1});
  watched.profile(step, feeds, 4);
  for (int i = 0; i < 4; ++i) ordinary.run(step, feeds);
  EXPECT_EQ(watched.value(W), ordinary.value(W));
}

// Events of a thread lie one after the other or one in the other.
TEST_F(Profiles, make_traces_whose_events_nest_and_keep_their_names) {
  Session session(g, {.threads = 2});
  const Profile profile = session.profile({loss, step, order}, feeds, 3);
  const json trace = json::parse(profile.chrome_trace());
  std::map<int, std::vector<std::pair<std::int64_t, std::int64_t>>> of_threads;
  std::multiset<std::string> names;
  std::set<std::string> thread_names;
  std::string formulas;
  for (const json& e : trace.at("traceEvents")) {
    EXPECT_EQ(e.at("pid"), 1);
    if (e.at("ph") == "M") {
      if (e.at("name") == "thread_name") thread_names.insert(e.at("args").at("name"));
      continue;
    }
    EXPECT_EQ(e.at("ph"), "X");
    const auto nanoseconds = [&](const char* key) {
      return std::llround(1000 * e.at(key).get<double>());
    };
    of_threads[e.at("tid")].emplace_back(nanoseconds("ts"), -nanoseconds("dur"));
    names.insert(e.at("name").get<std::string>());
    if (e.at("cat") == "step") formulas += e.at("args").at("formula").get<std::string>() + "\n";
  }
  EXPECT_TRUE(thread_names.contains("caller"));
  EXPECT_EQ(thread_names.size(), of_threads.size());
  EXPECT_EQ(names.size(), profile.events.size());
  EXPECT_EQ(names.count("run 1") + names.count("run 2") + names.count("run 3"), 3);
  EXPECT_EQ(names.count("stage 1"), 3);
  bool has_odd_name = false;
  for (const PlanReport::Step& s : profile.plan.steps) {
    std::string name = s.name();
    if (const std::size_t odd = name.find('\xFF'); odd != name.npos) {
      has_odd_name = true;
      name.replace(odd, 1, "\xEF\xBF\xBD");
    }
    EXPECT_GE(names.count(name), 3) << name;
  }
  EXPECT_TRUE(has_odd_name);
  EXPECT_NE(formulas.find("\"code\" \\ </script> \xC3\xA4\xEF\xBF\xBD = elu("), formulas.npos)
      << formulas;
  for (auto& [thread, events] : of_threads) {
    std::ranges::sort(events);  // the longest of equal begins first
    std::vector<std::int64_t> open;
    for (const auto& [begin, length] : events) {
      while (!open.empty() && open.back() <= begin) open.pop_back();
      if (!open.empty()) {
        EXPECT_LE(begin - length, open.back()) << "thread " << thread;
      }
      open.push_back(begin - length);
    }
  }
}

// One step and one run, with times that a reader can check.
Profile small_profile() {
  Profile profile;
  profile.plan.steps = {
      {.kernel = "product",
       .values = {{.name = "y", .formula = "matmul(x, W)", .shape = Shape({2, 2})}},
       .flops = 5'000,
       .bytes = 1'000},
      {.kernel = "loop",
       .values = {{.name = "a", .formula = "exp(y)"}, {.name = "b", .formula = "a + 1"}}}};
  profile.plan.stages = {{.rows = 2, .threads = 1}};
  profile.runs = 1;
  profile.seconds = profile.shortest = 4e-6;
  profile.steps = {{2.5e-6, 2e-6, 0.75, 2, 0.4}, {0.5e-6, 0.25e-6, 0.25, 0, 0}};
  profile.events = {{.end = 4'000},
                    {.kind = Kind::stage, .begin = 100, .end = 3'700},
                    {.kind = Kind::step, .part = 1, .thread = 1, .begin = 500, .end = 3'001},
                    {.kind = Kind::sums, .number = 1, .begin = 3'100, .end = 3'600}};
  return profile;
}

TEST(ProfileTexts, are_tables) {
  EXPECT_EQ(small_profile().to_text(),
            "1 run on 1 thread: 4.00 us each, the shortest 4.00 us; the steps take 3.00 us\n"
            "\n"
            "step   time us  shortest   share  GFLOP/s    GB/s  kernel\n"
            "   1      2.50      2.00  75.0 %      2.0     0.4  product: y\n"
            "   2      0.50      0.25  25.0 %        -       -  loop: b (+1)\n");
}

TEST(ProfileTexts, traces_have_an_event_a_line) {
  EXPECT_EQ(small_profile().chrome_trace(), R"trace({"displayTimeUnit":"ns","traceEvents":[
{"name":"process_name","ph":"M","pid":1,"tid":0,"args":{"name":"gradus"}},
{"name":"thread_name","ph":"M","pid":1,"tid":0,"args":{"name":"caller"}},
{"name":"thread_sort_index","ph":"M","pid":1,"tid":0,"args":{"sort_index":0}},
{"name":"thread_name","ph":"M","pid":1,"tid":1,"args":{"name":"worker 1"}},
{"name":"thread_sort_index","ph":"M","pid":1,"tid":1,"args":{"sort_index":1}},
{"name":"run 1","cat":"run","args":{},"ph":"X","pid":1,"tid":0,"ts":0.000,"dur":4.000},
{"name":"stage 1","cat":"stage","args":{"rows":2},"ph":"X","pid":1,"tid":0,"ts":0.100,"dur":3.600},
{"name":"y","cat":"step","args":{"step":1,"part":2,"kernel":"product","formula":"y = matmul(x, W)","flops":5000,"bytes":1000},"ph":"X","pid":1,"tid":1,"ts":0.500,"dur":2.501},
{"name":"b (+1)","cat":"sums","args":{"step":2,"part":1,"kernel":"loop","formula":"a = exp(y); b = a + 1","flops":0,"bytes":0},"ph":"X","pid":1,"tid":0,"ts":3.100,"dur":0.500}
]}
)trace");
}

TEST_F(Profiles, are_written_to_files) {
  const std::filesystem::path path = std::filesystem::temp_directory_path() /
                                     ("gradus_profile_test_" + std::to_string(getpid()) + ".json");
  const Profile profile = small_profile();
  profile.write_trace(path);
  std::ifstream in(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), profile.chrome_trace());
  std::filesystem::remove(path);
  EXPECT_THROW(profile.write_trace(path / "no folder"), FileError);
}

TEST_F(Profiles, refuse_what_a_run_refuses) {
  Session session(g, {.threads = 1});
  EXPECT_EQ(message_of<FeedError>([&] { session.profile(loss, feeds, 0, user_line); }),
            "profile: 0 runs, at least 1 is possible" + at_user_line);
  EXPECT_EQ(
      message_of<FeedError>([&] { session.profile(std::vector<Tensor>{}, feeds, 1, user_line); }),
      "run: nothing is fetched" + at_user_line);
  EXPECT_EQ(message_of<FeedError>([&] { session.profile(loss, {}, 1, user_line); }).substr(0, 4),
            "run:");
  Session limited(g, {.threads = 1, .memory_limit = 1 << 20});
  for (std::int64_t runs : {std::int64_t{1} << 62, std::int64_t{100'000}}) {
    const std::string text =
        message_of<MemoryError>([&] { limited.profile(loss, feeds, runs, user_line); });
    EXPECT_EQ(text.find("profile: " + std::to_string(runs) + " runs of up to "), 0U) << text;
    EXPECT_NE(text.find(" events are more than fit in 1.0 MiB" + at_user_line), text.npos) << text;
  }
  EXPECT_THROW(session.profile(loss, feeds, std::int64_t{1} << 62), MemoryError);
  const Tensor i = g.placeholder("i", {1}, int64);
  const Tensor row = gather(W, i);
  EXPECT_THROW(session.profile(row, {{i, Array({77}, int64)}}, 2), DataError);
  EXPECT_EQ(session.profile(row, {{i, Array({7}, int64)}}, 2).runs, 2);
}

}  // namespace
}  // namespace gradus
