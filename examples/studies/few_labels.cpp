// Few labels: what pre-training on images without labels gives a classifier.
//
// A denoising auto-encoder 784-500-500 learns from all images. A classifier of as many layers is
// then trained on a few labels: from first weights, or from the encoder's; and, both ways, with its
// own answers for images without labels taken for true (Lee, "Pseudo-label", 2013). All take the
// same number of steps.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include <fmt/format.h>

#include "study.h"

using namespace gradus;

namespace {

constexpr std::int64_t units = 500, batch_size = 100, steps_per_epoch = 100;

class Net : public Module {
 public:
  explicit Net(const Parent& parent)
      : Module(parent, "net"),
        hidden_1_(*this, 784, units, {.activation = "relu", .kernel_initializer = "he_normal"}),
        hidden_2_(*this, units, units, {.activation = "relu", .kernel_initializer = "he_normal"}),
        out_(*this, units, 10),
        c2_(variable("c2", zeros({units}))),
        c1_(variable("c1", zeros({784}))) {}

  Tensor logits(const Tensor& x, CallOptions options = {}) const {
    const layers::Dropout pixels(0.2), features(0.5);
    const Tensor h = features(hidden_1_(pixels(x, options)), options);
    return out_(features(hidden_2_(h), options));
  }
  // The decoder has the encoder's matrices.
  Tensor reconstruction_logits(const Tensor& x) const {
    const Tensor code = hidden_2_(hidden_1_(x));
    return matmul(relu(matmul(code, hidden_2_.W()) + c2_), hidden_1_.W()) + c1_;
  }
  std::vector<Variable> encoder() const {
    return {hidden_1_.W(), hidden_1_.b(), hidden_2_.W(), hidden_2_.b()};
  }
  std::vector<Variable> classifier() const {
    std::vector<Variable> all = encoder();
    all.insert(all.end(), {out_.W(), out_.b()});
    return all;
  }

 private:
  layers::Dense hidden_1_, hidden_2_, out_;
  Variable c2_, c1_;
};

// Half of the pixels black.
Tensor masked(const Tensor& x) { return x * cast(random_uniform_like(x) < 0.5, float32); }

// As many images of each digit as of the others, `count` in all.
ImageSet balanced(const ImageSet& set, std::int64_t count, std::uint64_t draw) {
  const std::span<const std::int64_t> labels = set.labels.values<std::int64_t>();
  std::vector<std::int64_t> order(labels.size()), chosen, of_digit(10);
  std::iota(order.begin(), order.end(), 0);
  std::mt19937_64 random(draw);
  for (std::size_t i = 0; i < order.size(); ++i)
    std::swap(order[i], order[i + random() % (order.size() - i)]);
  for (const std::int64_t i : order)
    if (of_digit[static_cast<std::size_t>(labels[static_cast<std::size_t>(i)])]++ < count / 10)
      chosen.push_back(i);
  return {set.images.rows(chosen), set.labels.rows(chosen)};
}

// batch_size numbers of rows, each as likely as any other.
std::vector<std::int64_t> some_rows(std::int64_t count, std::mt19937_64& random) {
  std::vector<std::int64_t> rows(batch_size);
  for (std::int64_t& row : rows)
    row = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(count));
  return rows;
}

struct MeanAndDeviation {
  double mean, deviation;
};

MeanAndDeviation mean_and_deviation(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const double value : values) sum += value;
  for (const double value : values) squares += (value - sum / n) * (value - sum / n);
  return {sum / n, n > 1 ? std::sqrt(squares / (n - 1)) : 0};
}

struct Way {
  std::string name;
  bool is_pretrained, has_pseudo_labels;
};

class Experiment {
 public:
  explicit Experiment(study::Study& study) : study_(study), net_(graph_) {
    const auto cross_entropy = [](const Tensor& labels, const Tensor& logits) {
      return reduce_mean(sparse_softmax_cross_entropy_with_logits(labels, logits));
    };
    // [losses]
    // Each answer of the net without dropout is the label for it with dropout.
    const Tensor answers = stop_gradient(argmax(net_.logits(unlabelled_), 1));
    loss_ = cross_entropy(digit_, net_.logits(x_, {.training = true}));
    pseudo_loss_ =
        loss_ + weight_ * cross_entropy(answers, net_.logits(unlabelled_, {.training = true}));
    const Adam adam{.learning_rate = 1e-3};
    step_ = adam.minimize(loss_, net_.classifier());
    pseudo_step_ = adam.minimize(pseudo_loss_, net_.classifier());
    // [losses]
    error_ = 1 - accuracy(digit_, net_.logits(x_));
  }

  void pretrain() {
    const std::int64_t epochs = study_.epochs(12);
    const Tensor logits = net_.reconstruction_logits(masked(x_));
    const Tensor loss = reduce_mean(reduce_sum(sigmoid_cross_entropy_with_logits(x_, logits), {1}));
    const Tensor step =
        Adam{.learning_rate = study_.falling_rate(1e-3, epochs, batch_size)}.minimize(loss);
    Session session(graph_, study_.session_options());
    study_.fit("pre-training", session, step, loss, {{x_, study_.train().images}},
               {.epochs = epochs, .batch_size = batch_size});
    for (const Variable& variable : net_.encoder()) encoder_.push_back(session.value(variable));
    study_.save(session, net_.encoder());
    const Array shown = study_.test().images.rows(0, 10);
    const Array noisy = session.run(masked(x_), {{x_, shown}});
    write_image_grid(
        study_.file("pretraining.png"),
        {{"original", shown},
         {"masked", noisy},
         {"restored", session.run(sigmoid(net_.reconstruction_logits(x_)), {{x_, noisy}})}});
  }

  // The error on the test images after training on the labelled ones, in per cent.
  double error_of(const Way& way, const ImageSet& labelled, std::int64_t steps,
                  std::uint64_t draw) const {
    SessionOptions session_options = study_.session_options();
    session_options.seed += draw;
    Session session(graph_, session_options);
    if (way.is_pretrained)
      for (std::size_t i = 0; i < encoder_.size(); ++i) session.set(net_.encoder()[i], encoder_[i]);
    const FitOptions options{
        .epochs = study_.epochs(steps / steps_per_epoch),
        .checkpoint = study_.checkpoint(
            fmt::format("{} labels, draw {}, {}", labelled.labels.size(), draw, way.name))};
    FitLoop loop(session, way.has_pseudo_labels ? pseudo_step_ : step_,
                 way.has_pseudo_labels ? pseudo_loss_ : loss_, options);
    const Array& images = study_.train().images;
    for (std::int64_t epoch = loop.first_epoch(); epoch < options.epochs; ++epoch) {
      if (!loop.begin_epoch(steps_per_epoch)) break;
      std::mt19937_64 random(1000 * draw + static_cast<std::uint64_t>(epoch));
      // The net's answers count more from step to step, as they become better.
      const double passed = static_cast<double>(epoch) / static_cast<double>(options.epochs);
      const Array weight(std::clamp((passed - 0.2) / 0.5, 0.0, 1.0) * 2);
      for (std::int64_t i = 0; i < steps_per_epoch; ++i) {
        const std::vector<std::int64_t> rows = some_rows(labelled.labels.size(), random);
        std::vector<Feed> feeds{{x_, labelled.images.rows(rows)},
                                {digit_, labelled.labels.rows(rows)}};
        if (way.has_pseudo_labels) {
          feeds.emplace_back(weight_, weight);
          feeds.emplace_back(unlabelled_, images.rows(some_rows(images.shape()[0], random)));
        }
        if (!loop.run_step(feeds)) break;
      }
      loop.end_epoch();
    }
    study::Study::expect_finished(loop.finish());
    return 100 *
           evaluate(session, error_, {{x_, study_.test().images}, {digit_, study_.test().labels}});
  }

 private:
  study::Study& study_;
  Graph graph_;
  Net net_;
  Tensor x_ = graph_.placeholder("x", {any_size, 784});
  Tensor digit_ = graph_.placeholder("digit", {any_size}, int64);
  Tensor unlabelled_ = graph_.placeholder("unlabelled", {any_size, 784});
  Tensor weight_ = graph_.placeholder("weight", {});
  Tensor loss_, pseudo_loss_, step_, pseudo_step_, error_;
  std::vector<Array> encoder_;
};

void few_labels(study::Study& study, std::int64_t draws) {
  if (draws == 0) draws = study.is_mnist() ? 10 : 2;
  Experiment experiment(study);
  experiment.pretrain();
  const std::vector<Way> ways{{"from scratch", false, false},
                              {"pre-trained", true, false},
                              {"from scratch, pseudo-labels", false, true},
                              {"pre-trained, pseudo-labels", true, true}};
  const std::int64_t all = study.train().labels.size();
  std::vector<std::pair<std::int64_t, std::int64_t>> labels_and_steps{{100, 1500}, {1000, 2500}};
  std::erase_if(labels_and_steps, [&](const auto& size) { return size.first >= all; });
  labels_and_steps.emplace_back(all, 5500);
  std::vector<std::vector<double>> counts(ways.size()), means(ways.size());
  fmt::print("Errors on the test images in %, mean and deviation of {} draws:\n", draws);
  for (const auto& [labels, steps] : labels_and_steps) {
    std::vector<std::vector<double>> errors(ways.size());
    for (std::int64_t draw = 1; draw <= draws; ++draw) {
      example::warn(fmt::format("{} labels, draw {} of {}", labels, draw, draws));
      const auto seed = static_cast<std::uint64_t>(draw);
      const ImageSet labelled =
          labels == all ? study.train() : balanced(study.train(), labels, seed);
      for (std::size_t i = 0; i < ways.size(); ++i)
        if (labels < all || !ways[i].has_pseudo_labels)
          errors[i].push_back(experiment.error_of(ways[i], labelled, steps, seed));
    }
    for (std::size_t i = 0; i < ways.size(); ++i) {
      if (errors[i].empty()) continue;
      const auto [mean, deviation] = mean_and_deviation(errors[i]);
      fmt::print("  {:>6} labels, {:<28} {:>5.2f} +- {:.2f}\n", labels, ways[i].name, mean,
                 deviation);
      study.metric(fmt::format("{} labels, {}", labels, ways[i].name), errors[i]);
      counts[i].push_back(static_cast<double>(labels));
      means[i].push_back(mean);
    }
  }
  Plot curves("Errors on the test images");
  for (std::size_t i = 0; i < ways.size(); ++i) curves.line(ways[i].name, counts[i], means[i]);
  curves.x_label("labels").y_label("errors in %").log_x().log_y();
  example::report(curves.write(study.file("errors")));
}

}  // namespace

int main(int argc, char** argv) {
  study::Study study("few_labels",
                     "Classifiers of few labels, from scratch and after pre-training.");
  std::int64_t draws = 0;
  study.program().option("--draws", draws, "of labelled images; 0: 10, and 2 without MNIST", 0,
                         1000);
  return study.run(argc, argv, [&] { few_labels(study, draws); });
}
