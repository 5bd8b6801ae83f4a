// What passes did to a graph, as text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gradus/pass_trace.h>
#include <gradus/text.h>

namespace gradus {

// The graph after the last time that a pass changed something; "" if it never did.
inline std::string after(std::string_view pass, const Tensor& fetch,
                         const std::vector<Feed>& feeds = {}) {
  std::string text;
  for (const PassTrace& trace : trace_passes({fetch}, feeds))
    if (trace.name == pass) text = listing(trace.results);
  return text;
}
// The rules that were applied, in order.
inline std::vector<std::string> rules_of(const Tensor& fetch, const std::vector<Feed>& feeds = {}) {
  std::vector<std::string> rules;
  for (const PassTrace& trace : trace_passes({fetch}, feeds))
    for (const PassTrace::Rewriting& r : trace.rewritings) rules.emplace_back(r.rule);
  return rules;
}

}  // namespace gradus
