// A profile in Chrome's trace event format: complete events ("X") of one process, with their times
// in microseconds.
#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <gradus/file.h>
#include <gradus/profile.h>

#include "core/utf8.h"

namespace gradus {
namespace {

// A string of JSON. Names may hold anything: bytes that are no UTF-8 become U+FFFD.
std::string json_string(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0)
      out += "\xEF\xBF\xBD";
    else if (text[0] == '"' || text[0] == '\\')
      out += {'\\', text[0]};
    else if (static_cast<unsigned char>(text[0]) < ' ')
      out += fmt::format("\\u{:04x}", static_cast<int>(text[0]));
    else
      out += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out + '"';
}

std::string name_of_thread(int thread) {
  return fmt::format(
      R"({{"name":"thread_name","ph":"M","pid":1,"tid":{0},"args":{{"name":{1}}}}},
{{"name":"thread_sort_index","ph":"M","pid":1,"tid":{0},"args":{{"sort_index":{0}}}}},
)",
      thread, thread == 0 ? R"("caller")" : fmt::format(R"("worker {}")", thread));
}

std::string formulas_of(const PlanReport::Step& step) {
  std::string text;
  for (const PlanReport::Value& value : step.values)
    text += fmt::format("{}{} = {}", text.empty() ? "" : "; ", value.name, value.formula);
  return text;
}

// Name, category and arguments.
std::string head_of(const Profile::Event& event, const PlanReport& plan) {
  using Kind = Profile::Event::Kind;
  if (event.kind == Kind::run)
    return fmt::format(R"("name":"run {}","cat":"run","args":{{}})", event.run + 1);
  if (event.kind == Kind::stage)
    return fmt::format(R"("name":"stage {}","cat":"stage","args":{{"rows":{}}})", event.number + 1,
                       plan.stages[event.number].rows);
  const PlanReport::Step& step = plan.steps[event.number];
  const bool is_sums = event.kind == Kind::sums;
  return fmt::format(
      R"("name":{},"cat":"{}","args":{{"step":{},"part":{},"kernel":{},"formula":{},"flops":{},"bytes":{}}})",
      json_string(step.name()), is_sums ? "sums" : "step", event.number + 1, event.part + 1,
      json_string(step.kernel), json_string(formulas_of(step)), step.flops, step.bytes);
}

std::string microseconds(std::int64_t nanoseconds) {
  return fmt::format("{}.{:03}", nanoseconds / 1000, nanoseconds % 1000);
}

}  // namespace

std::string Profile::chrome_trace() const {
  int last_thread = 0;
  for (const Event& event : events) last_thread = std::max(last_thread, event.thread);
  std::string text =
      "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n"
      R"({"name":"process_name","ph":"M","pid":1,"tid":0,"args":{"name":"gradus"}},)"
      "\n";
  for (int thread = 0; thread <= last_thread; ++thread) text += name_of_thread(thread);
  for (const Event& event : events)
    text += fmt::format("{{{},\"ph\":\"X\",\"pid\":1,\"tid\":{},\"ts\":{},\"dur\":{}}},\n",
                        head_of(event, plan), event.thread, microseconds(event.begin),
                        microseconds(event.end - event.begin));
  text.resize(text.size() - 2);  // the last comma
  return text + "\n]}\n";
}

void Profile::write_trace(const std::filesystem::path& path) const {
  write_file(path, chrome_trace());
}

}  // namespace gradus
