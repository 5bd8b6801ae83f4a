#include <gradus/explain.h>
#include <gtest/gtest.h>

#include <vector>

#include <gradus/basic_ae.h>
#include <gradus/gradients.h>
#include <gradus/losses.h>
#include <gradus/ops.h>

namespace gradus {
namespace {

struct TinyAE {
  Graph g;
  Tensor x = g.placeholder("x", {any, 3});
  BasicAE ae{g, {3, 2}};
  Tensor loss = reconstruction_error(ae(x), x);
  Session session{g, {.seed = 1}};
  Array images = array({{0.5, -1, 2}, {1, 0.25, -0.5}});

  Explanation explained() { return explain(session, loss, {ae.W(), ae.b1()}, {{x, images}}); }
};

TEST(Explain, graph_of_the_user_gets_no_node) {
  TinyAE t;
  const std::int64_t before = t.g.node_count();
  t.explained();
  EXPECT_EQ(t.g.node_count(), before);
}

TEST(Explain, gradients_are_those_of_a_run_bit_by_bit) {
  TinyAE t;
  const Explanation e = t.explained();
  const std::vector<Array> d =
      t.session.run(gradients(t.loss, {t.ae.W(), t.ae.b1()}), {{t.x, t.images}});
  ASSERT_EQ(e.variables.size(), 2U);
  EXPECT_EQ(e.variables[0].gradient, d[0]);
  EXPECT_EQ(e.variables[1].gradient, d[1]);
}

TEST(Explain, tied_matrix_gets_one_contribution_of_the_decoder_and_one_of_the_encoder) {
  TinyAE t;
  const Explanation e = t.explained();
  const ExplainedVariable& W = e.variables[0];
  ASSERT_EQ(W.contributions.size(), 2U);
  EXPECT_EQ(W.contributions[0].label, "decoder");
  EXPECT_EQ(W.contributions[1].label, "encoder");
  const auto at = [&](std::size_t k) {
    return e.backward[W.contributions[k].step].contributions[W.contributions[k].contribution];
  };
  EXPECT_EQ(at(0).number, 1);
  EXPECT_EQ(at(1).number, 2);
  EXPECT_EQ(at(1).count, 2);
  EXPECT_EQ(at(0).sum, at(0).value);
  EXPECT_EQ(at(1).sum, W.gradient);
  for (std::size_t i = 0; i < 6; ++i)
    EXPECT_EQ(at(0).value.values<float>()[i] + at(1).value.values<float>()[i],
              W.gradient.values<float>()[i]);
}

TEST(Explain, differences_agree_with_the_gradients) {
  TinyAE t;
  for (const ExplainedVariable& v : t.explained().variables) {
    EXPECT_TRUE(v.check.ok()) << to_text(v.check);
    EXPECT_EQ(v.check.checked, v.value.size());
    EXPECT_EQ(std::ssize(v.differences), v.value.size());
    EXPECT_LT(v.check.worst.error, 1e-5);
  }
}

}  // namespace
}  // namespace gradus
