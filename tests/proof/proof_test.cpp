// What is proven of every op, from its records in *_proofs.cpp.
#include "proof/proof.h"

#include <algorithm>
#include <ostream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "proof/check_derivatives.h"
#include "proof/check_values.h"
#include "proof/faults.h"
#include "proof/special_values.h"

namespace gradus::proof {

std::ostream& operator<<(std::ostream& out, const Proof& proof) { return out << proof.title(); }

namespace {

void expect_none_fails(const Report& report) {
  const std::size_t shown = std::min<std::size_t>(report.failures.size(), 5);
  EXPECT_TRUE(report.failures.empty())
      << report.failures.size() << " of " << report.checked << " fail:\n"
      << fmt::format("{}",
                     fmt::join(report.failures.begin(),
                               report.failures.begin() + static_cast<std::ptrdiff_t>(shown), "\n"));
}

class EveryProof : public testing::TestWithParam<Proof> {};

TEST_P(EveryProof, values_are_the_oracles) {
  const Report report = check_values(GetParam());
  EXPECT_GT(report.checked, 0);
  expect_none_fails(report);
}
TEST_P(EveryProof, derivatives_are_those_of_finite_differences) {
  const Report report = check_derivatives(GetParam());
  EXPECT_EQ(report.checked > 0, GetParam().has_gradient);
  expect_none_fails(report);
}
TEST_P(EveryProof, special_values_are_the_same_everywhere) {
  expect_none_fails(check_special_values(GetParam()));
}
TEST_P(EveryProof, faults_are_noticed) { expect_none_fails(plant_faults(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Ops, EveryProof, testing::ValuesIn(all_proofs()),
                         [](const auto& test) { return test.param.title(); });

}  // namespace
}  // namespace gradus::proof
