#include <gradus/batches.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <ranges>

#include <gmock/gmock.h>

#include "core/refusal.h"
#include "data/support.h"

namespace gradus {
namespace {

using testing_data::message_of;

static_assert(std::ranges::input_range<Batches<Array>>);
static_assert(std::ranges::input_range<Batches<ImageSet>>);

// Row i is {i, -i}.
Array numbered_rows(std::int64_t count) {
  Array rows = Array::zeros({count, 2});
  float* out = rows.mutable_values<float>().data();
  for (std::int64_t i = 0; i < count; ++i) {
    *out++ = static_cast<float>(i);
    *out++ = -static_cast<float>(i);
  }
  return rows;
}

std::vector<int> order_of(const Batches<Array>& all) {
  std::vector<int> order;
  for (const Array& batch : all)
    for (std::int64_t row = 0; row < batch.shape()[0]; ++row) {
      EXPECT_EQ(batch.at<float>({row, 0}), -batch.at<float>({row, 1}));
      order.push_back(static_cast<int>(batch.at<float>({row, 0})));
    }
  return order;
}

TEST(Batches, every_row_comes_once_in_an_epoch) {
  std::vector<int> order = order_of(batches(numbered_rows(103), 10, 0)), all(103);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_NE(order, all);
  std::ranges::sort(order);
  EXPECT_EQ(order, all);
}

TEST(Batches, the_order_depends_on_the_seed_and_the_epoch_alone) {
  const Array rows = numbered_rows(20);
  const std::vector<int> order = order_of(batches(rows, 10, 3, {.seed = 7}));
  EXPECT_EQ(order, order_of(batches(rows, 10, 3, {.seed = 7})));
  EXPECT_EQ(order, order_of(batches(rows, 6, 3, {.seed = 7})));
  EXPECT_NE(order, order_of(batches(rows, 10, 4, {.seed = 7})));
  EXPECT_NE(order, order_of(batches(rows, 10, 3, {.seed = 8})));
}

TEST(Batches, the_order_of_a_seed_and_epoch_never_changes) {
  EXPECT_THAT(order_of(batches(numbered_rows(8), 8, 1, {.seed = 42})),
              ::testing::ElementsAre(1, 6, 4, 3, 7, 0, 2, 5));
}

TEST(Batches, all_orders_are_as_likely) {
  std::map<std::vector<int>, int> counts;
  const Array rows = numbered_rows(3);
  for (int epoch = 0; epoch < 6000; ++epoch) ++counts[order_of(batches(rows, 3, epoch))];
  ASSERT_EQ(counts.size(), 6u);
  for (const auto& [order, count] : counts) EXPECT_NEAR(count, 1000, 150);  // 5 deviations
}

TEST(Batches, without_shuffle_rows_keep_their_order) {
  EXPECT_THAT(order_of(batches(numbered_rows(5), 2, 9, {.shuffle = false})),
              ::testing::ElementsAre(0, 1, 2, 3, 4));
}

TEST(Batches, the_last_batch_is_shorter_or_dropped) {
  const auto sizes = [](const Batches<Array>& all) {
    std::vector<std::int64_t> result;
    for (const Array& batch : all) result.push_back(batch.shape()[0]);
    EXPECT_EQ(std::ssize(result), all.size());
    return result;
  };
  const Array rows = numbered_rows(25);
  EXPECT_THAT(sizes(batches(rows, 10, 0)), ::testing::ElementsAre(10, 10, 5));
  EXPECT_THAT(sizes(batches(rows, 10, 0, {.drop_remainder = true})),
              ::testing::ElementsAre(10, 10));
  EXPECT_THAT(sizes(batches(rows, 25, 0)), ::testing::ElementsAre(25));
}

TEST(Batches, other_dimensions_and_the_type_stay) {
  const Array images = Array::zeros({4, 2, 3}, int32);
  const Batches<Array> all = batches(images, 2, 0);
  EXPECT_EQ((*all.begin()).shape(), (Shape{2, 2, 3}));
  EXPECT_EQ(all.begin()->dtype(), int32);
}

TEST(Batches, a_batch_takes_the_place_of_the_one_before) {
  std::vector<const void*> places;
  for (const Array& batch : batches(numbered_rows(50), 10, 0)) places.push_back(batch.data());
  EXPECT_THAT(places, ::testing::Each(places[0]));
}

TEST(Batches, a_batch_that_is_held_stays_as_it_was) {
  const Array rows = numbered_rows(6);
  std::vector<Array> held;
  for (const Array& batch : batches(rows, 2, 0, {.shuffle = false})) held.push_back(batch);
  ASSERT_EQ(held.size(), 3u);
  for (std::int64_t i = 0; i < 3; ++i)
    EXPECT_EQ(held[static_cast<std::size_t>(i)], rows.rows(2 * i, 2 * i + 2));
}

TEST(Batches, labels_come_with_their_images) {
  Array labels = Array::zeros({25}, int64);
  std::iota(labels.mutable_values<std::int64_t>().begin(),
            labels.mutable_values<std::int64_t>().end(), 0);
  const ImageSet set{numbered_rows(25), labels};
  std::vector<int> order;
  for (const auto& [images, numbers] : set.labelled_batches(10, 2, {.seed = 5})) {
    ASSERT_EQ(images.shape()[0], numbers.shape()[0]);
    for (std::int64_t row = 0; row < numbers.shape()[0]; ++row) {
      EXPECT_EQ(images.at<float>({row, 0}), static_cast<float>(numbers.at<std::int64_t>({row})));
      order.push_back(static_cast<int>(numbers.at<std::int64_t>({row})));
    }
  }
  EXPECT_EQ(order, order_of(set.batches(10, 2, {.seed = 5})));
}

TEST(Batches, rows_without_elements_are_possible) {
  int count = 0;
  for (const Array& batch : batches(Array::zeros({5, 0}), 2, 0)) count += batch.rank() == 2;
  EXPECT_EQ(count, 3);
}

TEST(Batches, batch_size_0_or_above_the_data_is_refused) {
  const auto refusal = [](std::int64_t count, std::int64_t batch_size) {
    return message_of<DataError>(
        [&] { batches(numbered_rows(count), batch_size, 0, {}, SourceLocation()); });
  };
  EXPECT_EQ(refusal(5, 0), "batches: batch size is not from 1 to the 5 rows: 0");
  EXPECT_EQ(refusal(5, 6), "batches: batch size is not from 1 to the 5 rows: 6");
  EXPECT_EQ(refusal(5, -1), "batches: batch size is not from 1 to the 5 rows: -1");
  EXPECT_EQ(refusal(0, 1), "batches: batch size is not from 1 to the 0 rows: 1");
}

TEST(Batches, a_scalar_is_refused) {
  EXPECT_EQ(message_of<DataError>([] { batches(Array(), 1, 0, {}, SourceLocation()); }),
            "batches: a scalar has no rows");
}

TEST(Batches, images_and_labels_of_different_number_are_refused) {
  const ImageSet set{Array::zeros({3, 4}), Array::zeros({2}, int64)};
  EXPECT_EQ(message_of<DataError>([&] { set.labelled_batches(1, 0, {}, SourceLocation()); }),
            "batches: images and labels differ in number: 3 and 2");
}

TEST(Batches, what_is_refused_names_the_users_line) {
  const ImageSet set{Array::zeros({3, 4}), Array::zeros({3}, int64)};
  const std::string text = "batches: batch size is not from 1 to the 3 rows: 200\n  at  here";
  EXPECT_EQ(refusal<DataError>([&] { batches(set.images, 200, 0); }), text);
  EXPECT_EQ(refusal<DataError>([&] { set.batches(200, 0); }), text);
  EXPECT_EQ(refusal<DataError>([&] { set.labelled_batches(200, 0); }), text);
}

}  // namespace
}  // namespace gradus
