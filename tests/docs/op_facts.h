// What the page of ops says of an op beside its record: {.name = "cumsum",
//   .formula = R"(y_i = \sum_{j \leq i} x_j)"}
#pragma once

#include <string_view>
#include <vector>

namespace gradus {

struct OpFacts {
  std::string_view name{};
  std::string_view formula{};  // in LaTeX, where the record's latex is no more than the op's name
  std::string_view shapes{};   // where they are not all alike: "a: [n, k]; b: [k, m]; y: [n, m]"
};

// Of an op or a composite; empty where there is nothing to add.
OpFacts facts_of(std::string_view name);
std::vector<std::string_view> names_with_facts();

}  // namespace gradus
