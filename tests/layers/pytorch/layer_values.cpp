// layer_values FOLDER: what each layer makes of random numbers, and its gradients, one safetensors
// file for each case: compare_with_pytorch.py reads them. Arrays are the layer's variables "W",
// "b", the inputs "in.x", the result "y", the slopes of a weighted sum of it, "u" being the
// weights: "d.W", "d.in.x".
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <gradus/gradus.h>

namespace {

using namespace gradus;
using namespace gradus::layers;

Array random_array(const Shape& shape, std::uint64_t seed) {
  Random random(seed, "layer_values");
  std::vector<float> values(static_cast<std::size_t>(shape.element_count()));
  for (float& v : values) v = static_cast<float>(random.uniform(-1, 1));
  return Array(shape, values);
}

class Case {
 public:
  explicit Case(std::string name) : name_(std::move(name)) {}

  Graph g;

  Tensor input(const std::string& name, const Shape& shape) {
    const Array value = random_array(shape, 10 + inputs_.size());
    std::vector<std::int64_t> dims(shape.begin(), shape.end());
    dims[0] = any_size;
    const Tensor x = g.placeholder(name, Shape(dims));
    inputs_.emplace_back(x, value);
    return x;
  }

  // All variables get random values, but for those that are no weights.
  void save(const std::filesystem::path& folder, const Tensor& y) {
    Session session(g, {.threads = 1});
    std::vector<NamedArray> arrays;
    std::vector<Tensor> xs;
    std::vector<std::string> names;
    std::uint64_t seed = 100;
    for (const Variable& v : g.variables()) {
      Array value = random_array(v.shape(), seed++);
      if (v.local_name() == "moving_variance")
        for (float& x : value.mutable_values<float>()) x = x * x + 0.5f;
      session.set(v, value);
      arrays.push_back({v.local_name(), value});
      if (!v.is_trainable()) continue;
      xs.push_back(v);
      names.push_back("d." + v.local_name());
    }
    std::vector<Feed> feeds;
    for (const auto& [x, value] : inputs_) {
      feeds.emplace_back(x, value);
      arrays.push_back({"in." + x.name(), value});
      xs.push_back(x);
      names.push_back("d.in." + x.name());
    }
    const Array value = session.run(y, feeds);
    const Array u = random_array(value.shape(), 7);
    arrays.push_back({"y", value});
    arrays.push_back({"u", u});
    const std::vector<Array> slopes =
        session.run(gradients(reduce_sum(y * g.constant(u)), xs), feeds);
    for (std::size_t i = 0; i < slopes.size(); ++i) arrays.push_back({names[i], slopes[i]});
    write_safetensors(folder / (name_ + ".safetensors"), arrays);
  }

 private:
  std::string name_;
  std::vector<std::pair<Tensor, Array>> inputs_;
};

void write_all(const std::filesystem::path& folder) {
  {
    Case c("dense");
    c.save(folder, Dense(c.g, 5, 4, {.activation = "tanh"})(c.input("x", {3, 5})));
  }
  {
    Case c("dense_of_sequences");
    c.save(folder, Dense(c.g, 5, 4, {.use_bias = false})(c.input("x", {3, 2, 5})));
  }
  {
    Case c("embedding");
    const Tensor ids = c.g.constant(Array({{1, 0, 6}, {1, 1, 3}}, int64));
    c.save(folder, Embedding(c.g, 7, 4)(ids));
  }
  {
    Case c("conv2d_same");
    c.save(folder, Conv2D(c.g, 2, 3, 3, {.activation = "relu", .padding = Padding::same})(
                       c.input("x", {2, 6, 5, 2})));
  }
  {
    Case c("conv2d_strided");
    c.save(folder, Conv2D(c.g, 2, 3, {3, 2},
                          {.strides = {2, 1}, .dilations = {1, 2}})(c.input("x", {2, 7, 6, 2})));
  }
  {
    Case c("conv2d_transpose");
    c.save(folder, Conv2DTranspose(c.g, 3, 2, 3, {.strides = 2})(c.input("x", {2, 3, 4, 3})));
  }
  {
    Case c("max_pool2d");
    c.save(folder, MaxPool2D()(c.input("x", {2, 6, 5, 2})));
  }
  {
    Case c("average_pool2d");
    c.save(folder, AveragePool2D({3, 2}, {.strides = Size2D{1, 2}})(c.input("x", {2, 6, 6, 2})));
  }
  {
    Case c("batch_norm_training");
    c.save(folder, BatchNorm(c.g, 3)(c.input("x", {4, 5, 3}), {.training = true}));
  }
  {
    Case c("batch_norm");
    c.save(folder, BatchNorm(c.g, 3)(c.input("x", {4, 5, 3})));
  }
  {
    Case c("layer_norm");
    c.save(folder, LayerNorm(c.g, 6)(c.input("x", {4, 3, 6})));
  }
  {
    Case c("simple_rnn");
    c.save(folder, SimpleRNN(c.g, 3, 4, {.return_sequences = true})(c.input("x", {2, 5, 3})));
  }
  {
    Case c("lstm");
    c.save(folder, LSTM(c.g, 3, 4)(c.input("x", {2, 5, 3})));
  }
  {
    Case c("lstm_sequences");
    const LSTM lstm(c.g, 3, 4, {.return_sequences = true});
    const Tensor h = c.input("h", {2, 4}), s = c.input("c", {2, 4});
    c.save(folder, lstm(c.input("x", {2, 5, 3}), {h, s}));
  }
  {
    Case c("lstm_backwards");
    c.save(folder, LSTM(c.g, 3, 4,
                        {.return_sequences = true, .go_backwards = true})(c.input("x", {2, 5, 3})));
  }
  {
    Case c("gru");
    c.save(folder, GRU(c.g, 3, 4, {.return_sequences = true})(c.input("x", {2, 5, 3})));
  }
  {
    Case c("gru_from_state");
    const Tensor h = c.input("h", {2, 4});
    c.save(folder, GRU(c.g, 3, 4)(c.input("x", {2, 5, 3}), h));
  }
  {
    Case c("attention");
    const Tensor x = c.input("x", {2, 5, 6});
    c.save(folder, MultiHeadAttention(c.g, 6, 3, 2)(x, x));
  }
  {
    Case c("attention_causal");
    const Tensor x = c.input("x", {2, 5, 6});
    c.save(folder, MultiHeadAttention(c.g, 6, 2, 3)(x, x, {.causal = true}));
  }
  {
    Case c("attention_of_others");
    const Tensor query = c.input("query", {2, 3, 6}), value = c.input("value", {2, 4, 6});
    const Tensor mask = c.g.constant(Array({{{{1, 1, 0, 1}}}, {{{1, 0, 1, 0}}}}, boolean));
    c.save(folder, MultiHeadAttention(c.g, 6, 2, 3)(query, value, c.input("key", {2, 4, 6}),
                                                    {.mask = mask}));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 3;
  try {
    write_all(argv[1]);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "layer_values: %s\n", error.what());
    return 2;
  }
}
