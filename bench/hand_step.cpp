// The step of training the auto-encoder, written by hand for it: the yardstick of a framework.
//
//   hand_step batch=10 threads=1 dtype=float32 seconds=1
//
// Everything is allocated once. Bias and ELU are one pass; so are the last ELU, the loss, its
// gradient and the gradient of the bias. A tied matrix W is used twice, and its gradient
// dA^T X + H^T dB is one product of twice the depth, [dA; H]^T [X; dB], which steps W itself.
// Two threads have half of the batch each, then update half of the rows of each matrix.
#include <atomic>
#include <cstdint>
#include <memory>
#include <new>
#include <thread>
#include <vector>

#include "contestant.h"
#include "hand_math.h"
#include "hand_products.h"
#include "kernels/products/matmul.h"
#include "numbers.h"

namespace {

using bench::code, bench::hidden, bench::inputs;
using bench::lanes, bench::Vector;

template <class T>
struct Buffer {
  explicit Buffer(std::int64_t count)
      : size(static_cast<std::size_t>(count)),
        data(static_cast<T*>(::operator new (size * sizeof(T), std::align_val_t{page}))) {
    std::fill_n(data.get(), size, T(0));
  }
  explicit Buffer(const std::vector<T>& values) : Buffer(std::ssize(values)) {
    std::copy(values.begin(), values.end(), data.get());
  }
  operator T*() const { return data.get(); }

  static constexpr std::size_t page = 4096;
  struct Free {
    void operator()(T* p) const { ::operator delete (p, std::align_val_t{page}); }
  };
  std::size_t size;
  std::unique_ptr<T, Free> data;
};

// All threads wait for each other. One that waits for long sleeps: between the turns of its step it
// would take a core from other contestants.
class Barrier {
 public:
  explicit Barrier(int threads) : threads_(threads) {}
  void wait() {
    const int round = round_;
    if (++arrived_ == threads_) {
      arrived_ = 0;
      ++round_;
      round_.notify_all();
    } else {
      for (int looks = 0; round_ == round; ++looks)
        if (looks > 100'000) round_.wait(round);
    }
  }

 private:
  int threads_;
  std::atomic<int> arrived_ = 0, round_ = 0;
};

// y <- elu(y + b)
template <class T>
void add_bias_and_elu(T* y, const T* b, std::int64_t rows, std::int64_t columns) {
  for (std::int64_t r = 0; r < rows; ++r, y += columns)
    for (std::int64_t j = 0; j < columns; j += lanes<T>)
      bench::store(y + j, bench::elu<T>(bench::load(y + j) + bench::load(b + j)));
}

// dy <- dy elu'(from y), and db, its sum over the rows.
template <class T>
void through_elu(T* dy, const T* y, T* db, std::int64_t rows, std::int64_t columns) {
  std::fill_n(db, columns, T(0));
  for (std::int64_t r = 0; r < rows; ++r, dy += columns, y += columns)
    for (std::int64_t j = 0; j < columns; j += lanes<T>) {
      const Vector<T> d = bench::load(dy + j) * bench::elu_slope<T>(bench::load(y + j));
      bench::store(dy + j, d);
      bench::store(db + j, bench::load(db + j) + d);
    }
}

// From a, the last layer before bias and ELU: a <- da, db, and the sum of squared errors.
template <class T>
double last_layer(T* a, const T* b, const T* x, T* db, std::int64_t rows, T scale) {
  std::fill_n(db, inputs, T(0));
  double total = 0;
  for (std::int64_t r = 0; r < rows; ++r, a += inputs, x += inputs) {
    Vector<T> squares{};
    for (std::int64_t j = 0; j < inputs; j += lanes<T>) {
      const Vector<T> y = bench::elu<T>(bench::load(a + j) + bench::load(b + j));
      const Vector<T> error = y - bench::load(x + j);
      squares += error * error;
      const Vector<T> d = error * scale * bench::elu_slope<T>(y);
      bench::store(a + j, d);
      bench::store(db + j, bench::load(db + j) + d);
    }
    total += double{bench::sum<T>(squares)};
  }
  return total;
}

template <class T>
class Step {
 public:
  Step(std::int64_t batch, int threads)
      : Step(bench::AutoEncoderNumbers<T>(batch), batch, threads) {}

  ~Step() {
    stopping_ = true;
    if (!others_.empty()) start_.wait();
    for (std::thread& other : others_) other.join();
  }
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

  double run() {
    if (threads_ > 1) start_.wait();
    work(0);
    if (threads_ > 1) end_.wait();
    double error = 0, squares = 0;
    for (const Share& share : shares_) error += share.error, squares += share.squares;
    return error / static_cast<double>(batch_) + double{bench::decay} * squares;
  }

 private:
  // What one thread computes for itself.
  struct Share {
    explicit Share(std::int64_t)
        : db1(hidden), db2(code), db3(hidden), db4(inputs), scratch(1 << 20) {}
    Buffer<T> db1, db2, db3, db4;
    Buffer<std::byte> scratch;
    bench::WeightUpdate<T> update{hidden};
    double error = 0, squares = 0;
  };

  Step(const bench::AutoEncoderNumbers<T>& n, std::int64_t batch, int threads)
      : batch_(batch),
        threads_(threads),
        W1_(n.W1),
        W2_(n.W2),
        b1_(n.b1),
        b2_(n.b2),
        b3_(n.b3),
        b4_(n.b4),
        x_and_da4_(2 * batch * inputs),
        da1_and_h3_(2 * batch * hidden),
        h1_and_da3_(2 * batch * hidden),
        da2_and_z_(2 * batch * code),
        start_(threads),
        middle_(threads),
        end_(threads) {
    std::copy(n.x.begin(), n.x.end(), x_and_da4_.data.get());
    for (int t = 0; t < threads; ++t) shares_.emplace_back(t);
    for (int t = 1; t < threads; ++t)
      others_.emplace_back([this, t] {
        for (start_.wait(); !stopping_; start_.wait()) {
          work(t);
          end_.wait();
        }
      });
  }

  void work(int t) {
    forward_and_backward(shares_[static_cast<std::size_t>(t)], batch_ * t / threads_,
                         batch_ * (t + 1) / threads_);
    if (threads_ > 1) middle_.wait();
    update(shares_[static_cast<std::size_t>(t)], t);
  }

  // c = a b, or a b^T; all of them contiguous.
  void multiply(Share& share, std::int64_t rows, std::int64_t columns, std::int64_t depth,
                const T* a, const T* b, bool transpose_b, T* c) {
    if (rows <= few_rows && transpose_b) {
      bench::few_rows_dots<T>(rows, columns, depth, {a, depth}, {b, depth}, {c, columns});
    } else if (rows <= few_rows) {
      bench::few_rows_product<T>(rows, columns, depth, {a, depth}, {b, columns}, {c, columns});
    } else {
      const gradus::MatmulShape shape{rows, columns, depth, false, transpose_b};
      gradus::product(shape, gradus::dtype_of<T>(), set_, a, b, c, whole(shape),
                      share.scratch.data.get());
    }
  }

  void forward_and_backward(Share& s, std::int64_t first, std::int64_t last) {
    const std::int64_t n = last - first;
    T* x = x_and_da4_ + first * inputs;
    T *da4 = x + batch_ * inputs, *h1 = h1_and_da3_ + first * hidden, *da3 = h1 + batch_ * hidden;
    T *da1 = da1_and_h3_ + first * hidden, *h3 = da1 + batch_ * hidden;
    T *da2 = da2_and_z_ + first * code, *z = da2 + batch_ * code;

    multiply(s, n, hidden, inputs, x, W1_, true, h1);
    add_bias_and_elu<T>(h1, b1_, n, hidden);
    multiply(s, n, code, hidden, h1, W2_, true, z);
    add_bias_and_elu<T>(z, b2_, n, code);
    multiply(s, n, hidden, code, z, W2_, false, h3);
    add_bias_and_elu<T>(h3, b3_, n, hidden);
    multiply(s, n, inputs, hidden, h3, W1_, false, da4);
    s.error = last_layer<T>(da4, b4_, x, s.db4, n, T(2) / static_cast<T>(batch_));
    multiply(s, n, hidden, inputs, da4, W1_, true, da3);
    through_elu<T>(da3, h3, s.db3, n, hidden);
    multiply(s, n, code, hidden, da3, W2_, true, da2);
    through_elu<T>(da2, z, s.db2, n, code);
    multiply(s, n, hidden, code, da2, W2_, false, da1);
    through_elu<T>(da1, h1, s.db1, n, hidden);
  }

  void update(Share& s, int t) {
    const std::int64_t first1 = hidden * t / threads_, last1 = hidden * (t + 1) / threads_;
    const std::int64_t first2 = code * t / threads_, last2 = code * (t + 1) / threads_;
    const T rate = T(bench::learning_rate);
    const T keep = T(1) - 2 * rate * T(bench::decay);
    s.squares =
        double{s.update.run(last1 - first1, inputs, 2 * batch_, {da1_and_h3_ + first1, hidden},
                            {x_and_da4_, inputs}, rate, keep, {W1_ + first1 * inputs, inputs})};
    s.squares +=
        double{s.update.run(last2 - first2, hidden, 2 * batch_, {da2_and_z_ + first2, code},
                            {h1_and_da3_, hidden}, rate, keep, {W2_ + first2 * hidden, hidden})};
    if (t != 0) return;
    for (const Share& share : shares_) {
      for (std::int64_t j = 0; j < hidden; ++j) b1_[j] -= rate * share.db1[j];
      for (std::int64_t j = 0; j < code; ++j) b2_[j] -= rate * share.db2[j];
      for (std::int64_t j = 0; j < hidden; ++j) b3_[j] -= rate * share.db3[j];
      for (std::int64_t j = 0; j < inputs; ++j) b4_[j] -= rate * share.db4[j];
    }
  }

  static constexpr std::int64_t few_rows = 32;

  gradus::InstructionSet set_ = gradus::best_instruction_set();
  std::int64_t batch_;
  int threads_;
  Buffer<T> W1_, W2_, b1_, b2_, b3_, b4_;
  // Two matrices after each other, which enter one product as a matrix of 2 `batch` rows.
  Buffer<T> x_and_da4_, da1_and_h3_, h1_and_da3_, da2_and_z_;
  std::vector<Share> shares_;
  Barrier start_, middle_, end_;
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> others_;
};

template <class T>
int measure_as(const bench::Arguments& arguments) {
  Step<T> step(arguments.number("batch", 10), static_cast<int>(arguments.number("threads", 1)));
  return bench::serve(arguments, 20, [&] { return step.run(); });
}

int measure(const bench::Arguments& arguments) {
  return arguments.text("dtype", "float32") == "float64" ? measure_as<double>(arguments)
                                                         : measure_as<float>(arguments);
}

}  // namespace

int main(int argc, char** argv) { return bench::run(argc, argv, measure); }
