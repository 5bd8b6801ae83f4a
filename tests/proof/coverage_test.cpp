// No op and no rule is without a proof.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include <gradus/op/table.h>

#include "paths.h"
#include "proof/counts.h"
#include "proof/faults.h"
#include "proof/proof.h"

namespace gradus::proof {
namespace {

TEST(Proofs, cover_every_op_and_composite) {
  std::set<const Op*> ops;
  std::set<const Composite*> composites;
  for (const Proof& proof : all_proofs()) {
    ops.insert(proof.op);
    composites.insert(proof.composite);
  }
  for (const Op* op : all_ops()) EXPECT_NE(ops.contains(op), is_exempt(*op)) << op->name;
  for (const Composite* composite : all_composites())
    EXPECT_TRUE(composites.contains(composite) || is_exempt(*composite)) << composite->name;
}

TEST(Proofs, cover_every_gradient_rule) {
  std::set<const Op*> differentiated;
  for (const Proof& proof : all_proofs())
    if (proof.has_gradient) differentiated.insert(proof.op);
  for (const Op* op : all_ops()) {
    const bool has_rule =
        std::ranges::any_of(op->gradient, [](const auto& rule) { return bool(rule); });
    EXPECT_EQ(differentiated.contains(op), has_rule && !is_exempt(*op)) << op->name;
  }
}

TEST(Proofs, plant_at_least_two_hundred_faults) {
  std::int64_t planted = 0;
  for (const Proof& proof : all_proofs()) planted += plant_faults(proof).checked;
  EXPECT_GE(planted, 200);
}

TEST(Proofs, slow_are_as_many_as_the_readme_says) {
  const std::string file = GRADUS_TEST_DATA "/prove.txt";
  std::string found;
  prove_all(0, 2000, [&](const Count& count) {
    found += to_text(count);
    EXPECT_EQ(count.report.failures, std::vector<std::string>{});
  });
  if (std::getenv("GRADUS_UPDATE_REFERENCE") != nullptr) std::ofstream(file) << found;
  std::stringstream expected;
  expected << std::ifstream(file).rdbuf();
  EXPECT_EQ(found, expected.str());
}

}  // namespace
}  // namespace gradus::proof
