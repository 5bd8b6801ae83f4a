#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <gradus/diagram.h>
#include <gradus/ops.h>
#include <gradus/optimizers.h>
#include <gradus/run_values.h>

#include "graph/graph_state.h"
#include "viz/diagrams/base64.h"
#include "viz/diagrams/picture_value.h"

namespace gradus {
namespace {

using testing::HasSubstr;
using testing::Not;
using Rows = std::vector<std::vector<std::string>>;

TEST(RunValues, of_a_run_are_those_of_all_ancestors) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const Tensor y = exp(x), z = reduce_sum(y);
  Session session(g);
  const RunValues values = values_of(session, z, {{x, Array({0, 1})}});
  EXPECT_EQ(*values.value(x.id()), Array({0, 1}));
  EXPECT_EQ(*values.value(y.id()), session.run(y, {{x, Array({0, 1})}}));
  EXPECT_EQ(*values.value(z.id()), session.run(z, {{x, Array({0, 1})}}));
  EXPECT_EQ(values.gradient(z.id()), nullptr);
}

TEST(RunValues, of_a_training_step_change_no_variable) {
  Graph g;
  const Variable w = g.variable("w", Array({1, 2}));
  const Tensor step = SGD{.learning_rate = 1}.minimize(reduce_sum(square(w)));
  Session session(g);
  const RunValues values = values_of(session, step);
  EXPECT_EQ(session.value(w), Array({1, 2}));
  EXPECT_EQ(*values.value(w.id()), Array({1, 2}));
  EXPECT_EQ(values.value(step.id()), nullptr);
}

TEST(RunValues, gradients_are_those_of_every_node_that_one_comes_to) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const Tensor y = square(x), mask = x > 2;
  const Tensor loss = reduce_sum(where(mask, y, stop_gradient(y)));
  Session session(g);
  const RunValues values = values_and_gradients_of(session, loss, {{x, Array({3, 1})}});
  EXPECT_EQ(*values.gradient(loss.id()), Array(1.0));
  EXPECT_EQ(*values.gradient(y.id()), Array({1, 0}));
  EXPECT_EQ(*values.gradient(x.id()), Array({6, 0}));
  EXPECT_EQ(values.gradient(mask.id()), nullptr);
  EXPECT_EQ(*values.value(mask.id()), Array({1, 0}).cast(boolean));
}

TEST(RunValues, node_without_a_path_to_the_loss_has_no_gradient) {
  Graph g;
  const Tensor x = g.placeholder("x", {2}), b = g.placeholder("b", {2});
  const Tensor loss = reduce_sum(x * stop_gradient(b));
  Session session(g);
  const RunValues values =
      values_and_gradients_of(session, loss, {{x, Array({3, 1})}, {b, Array({1, 1})}});
  EXPECT_EQ(values.gradient(b.id()), nullptr);
  EXPECT_EQ(*values.gradient(x.id()), Array({1, 1}));
}

TEST(DiagramValues, small_array_is_written_whole_and_large_one_as_range_and_norm) {
  EXPECT_EQ(array_rows(Array(0.123456)), (Rows{{"0.123"}}));
  EXPECT_EQ(array_rows(Array({{1, 2}, {3, -4.5}})), (Rows{{"1", "2"}, {"3", "-4.5"}}));
  EXPECT_EQ(array_rows(Array({1, 0}).cast(boolean)), (Rows{{"true", "false"}}));
  EXPECT_EQ(array_rows(Array({1234567}, int64)), (Rows{{"1234567"}}));
  EXPECT_EQ(array_rows(Array::zeros(Shape{0})), (Rows{{"no elements"}}));
  EXPECT_EQ(array_rows(Array::full({4, 4}, -2)), (Rows{{"-2 .. -2"}, {"norm 8"}}));
  EXPECT_EQ(array_rows(Array::full({2, 5}, 3)), (Rows{{"3 .. 3"}, {"norm 9.49"}}));
  Array some = Array::full({20}, 1);
  some.mutable_values<float>()[3] = NAN;
  EXPECT_EQ(array_rows(some), (Rows{{"1 .. 1"}, {"norm 4.36"}, {"1 not finite"}}));
  EXPECT_EQ(array_rows(Array::full({20}, INFINITY)), (Rows{{"20 not finite"}}));
}

TEST(DiagramValues, rows_of_an_images_size_become_pictures_and_others_a_map_of_colors) {
  EXPECT_EQ(array_images(Array::full({10, 784}, 1), {28, 28}).size(), 3U);
  EXPECT_EQ(array_images(Array::full({784}, 1), {28, 28}).size(), 1U);
  EXPECT_EQ(array_images(Array::full({10, 784}, 1), {}).size(), 0U);
  EXPECT_EQ(array_images(Array::full({2, 2}, 1), {28, 28}).size(), 0U);
  const std::vector<Image> map = array_images(Array::full({20, 10}, 1), {28, 28});
  ASSERT_EQ(map.size(), 1U);
  EXPECT_EQ(map[0].width(), 10 * 5 + 2);
  EXPECT_EQ(map[0].height(), 20 * 5 + 2);
}

TEST(DiagramValues, colors_are_gray_without_negative_elements_and_blue_and_orange_with_them) {
  Array ramp = Array::zeros({16, 2});
  ramp.mutable_values<float>()[0] = 4;
  const Image gray = array_images(ramp, {})[0];
  EXPECT_EQ(gray.at(2, 2), (Color{255, 255, 255}));
  EXPECT_EQ(gray.at(9, 2), (Color{0, 0, 0}));
  ramp.mutable_values<float>()[1] = -4;
  ramp.mutable_values<float>()[2] = NAN;
  const Image signs = array_images(ramp, {})[0];
  EXPECT_EQ(signs.at(2, 2), (Color{190, 76, 0}));
  EXPECT_EQ(signs.at(9, 2), (Color{0, 92, 158}));
  EXPECT_EQ(signs.at(2, 9), (Color{255, 0, 0}));
  EXPECT_EQ(signs.at(9, 9), (Color{255, 255, 255}));
}

TEST(DiagramValues, stand_in_a_table_below_the_label) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const Tensor loss = reduce_sum(square(x));
  Session session(g);
  const std::string dot =
      to_dot(loss, {.values = values_and_gradients_of(session, loss, {{x, Array({1, 3})}})});
  EXPECT_THAT(dot, HasSubstr("<td colspan=\"2\">x<br/>placeholder</td>"));
  EXPECT_THAT(dot, HasSubstr(">value</font></td></tr><tr><td align=\"right\">1</td>"
                             "<td align=\"right\">3</td></tr>"));
  EXPECT_THAT(dot, HasSubstr(">gradient</font></td></tr><tr><td align=\"right\">2</td>"
                             "<td align=\"right\">6</td></tr>"));
}

TEST(DiagramValues, value_of_a_collapsed_scope_is_that_of_its_one_output) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  Tensor y;
  {
    const NameScope scope = g.scope("layer");
    y = exp(x) + 1;
  }
  Session session(g);
  const std::string dot =
      to_dot(y, {.collapsed_scopes = {"layer"}, .values = values_of(session, y, {{x, 0}})});
  EXPECT_THAT(dot, HasSubstr("<td align=\"center\">2</td>"));
}

TEST(DiagramValues, dot_has_no_pictures) {
  Graph g;
  const Tensor x = g.placeholder("x", {784});
  RunValues values;
  values.set_value(x, Array::full({784}, 1));
  EXPECT_THAT(to_dot(x, {.values = values}), Not(HasSubstr("<img")));
  EXPECT_THAT(to_dot(x, {.values = values}), HasSubstr("norm 28"));
}

TEST(Base64, follows_the_examples_of_the_standard) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xFF\xFE"), "//4=");
}

}  // namespace
}  // namespace gradus
