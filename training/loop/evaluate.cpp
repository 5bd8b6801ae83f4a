#include <gradus/evaluate.h>

#include <cstring>

#include <fmt/format.h>

#include "core/throw_at.h"
#include "fed_rows.h"

namespace gradus {
namespace {

// each(values, rows): the fetches of a batch, and how many rows it has.
template <class F>
void for_each_batch(const FedRows& data, Session& session, const TensorList& fetches,
                    SourceLocation where, F each) {
  for (const std::vector<Array>& batch : data.batches(0, {.shuffle = false}))
    each(session.run(fetches, data.feeds(batch), where), batch[0].shape()[0]);
}

// The values of all batches, one below the other.
class Rows {
 public:
  Rows(const Tensor& y, std::int64_t count, SourceLocation where)
      : y_(y), count_(count), where_(where) {}

  void append(const Array& part, std::int64_t rows) {
    std::vector<std::int64_t> sizes = part.shape().to_vector();
    if (sizes.empty() || sizes[0] != rows)
      throw_at<ShapeError>(where_, "predict: \"{}\" is {} for a batch of {} rows", y_.name(),
                           to_text(part.shape()), rows);
    sizes[0] = count_;
    if (done_ == 0) all_ = Array::uninitialized(sizes, part.dtype());
    if (all_.shape() != Shape(sizes))
      throw_at<ShapeError>(where_, "predict: the rows of \"{}\" differ in shape: {} after {}",
                           y_.name(), to_text(part.shape()), to_text(all_.shape()));
    std::memcpy(static_cast<std::byte*>(all_.mutable_data()) + done_, part.data(),
                part.byte_count());
    done_ += part.byte_count();
  }
  const Array& all() const { return all_; }

 private:
  Tensor y_;
  std::int64_t count_;
  SourceLocation where_;
  Array all_;
  std::size_t done_ = 0;  // bytes
};

}  // namespace

std::vector<double> evaluate(Session& session, const TensorList& means,
                             const std::vector<Feed>& data, const EvaluateOptions& options,
                             SourceLocation where) {
  const FedRows rows("evaluate", data, options.batch_size, where);
  std::vector<double> sums(means.size(), 0.0);
  for_each_batch(rows, session, means, where,
                 [&](const std::vector<Array>& values, std::int64_t count) {
                   for (std::size_t i = 0; i < sums.size(); ++i) {
                     if (values[i].rank() != 0)
                       throw_at<ShapeError>(where, "evaluate: \"{}\" is {}, no scalar",
                                            means[i].name(), to_text(values[i].shape()));
                     sums[i] += values[i].item<double>() * static_cast<double>(count);
                   }
                 });
  for (double& sum : sums) sum /= static_cast<double>(rows.count());
  return sums;
}

double evaluate(Session& session, const Tensor& mean, const std::vector<Feed>& data,
                const EvaluateOptions& options, SourceLocation where) {
  return evaluate(session, TensorList{mean}, data, options, where)[0];
}

std::vector<Array> predict(Session& session, const TensorList& ys, const std::vector<Feed>& data,
                           const EvaluateOptions& options, SourceLocation where) {
  const FedRows rows("predict", data, options.batch_size, where);
  std::vector<Rows> all;
  for (const Tensor& y : ys) all.emplace_back(y, rows.count(), where);
  for_each_batch(rows, session, ys, where,
                 [&](const std::vector<Array>& values, std::int64_t count) {
                   for (std::size_t i = 0; i < all.size(); ++i) all[i].append(values[i], count);
                 });
  std::vector<Array> results;
  for (const Rows& of_y : all) results.push_back(of_y.all());
  return results;
}

Array predict(Session& session, const Tensor& y, const std::vector<Feed>& data,
              const EvaluateOptions& options, SourceLocation where) {
  return predict(session, TensorList{y}, data, options, where)[0];
}

}  // namespace gradus
