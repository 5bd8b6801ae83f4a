#include <gradus/page.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <gradus/diagram.h>
#include <gradus/error.h>
#include <gradus/explain.h>
#include <gradus/file.h>
#include <gradus/traversal.h>

#include "core/one_line.h"
#include "graph/graph_state.h"
#include "page_graph.h"
#include "page_json.h"
#include "page_moment.h"
#include "page_passes.h"
#include "page_template.h"
#include "page_tensors.h"
#include "page_views.h"

namespace gradus {
namespace {

using Json = nlohmann::ordered_json;

// Beyond it a page would hold more than a browser shows with ease.
constexpr std::size_t max_explained_nodes = 5'000;
// Of larger tensors the summary is kept, whatever the options say.
constexpr std::int64_t max_whole = 65'536;
// A summary takes more room than so many elements.
constexpr std::int64_t size_of_summary = 128;

[[noreturn]] void fail(const std::string& text, SourceLocation where) {
  throw GraphError(at_line("page: " + text, where));
}

void replace(std::string& text, std::string_view mark, std::string_view by) {
  text.replace(text.find(mark), mark.size(), by);
}

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
  return out;
}

// "x W^T + b", where a box has room for it.
std::string label_of_whole(const ForwardStep& step) {
  constexpr std::size_t max_length = 24;
  const std::string formula = one_line(step.text.substr(step.text.find(" = ") + 3));
  return formula.size() <= max_length ? formula : step.op;
}

// What a box says: symbol, op, shape. A number has no box, nor has a part of a textbook's formula.
std::vector<std::string> labels_of(const Explanation& explanation, bool is_textbook) {
  std::vector<std::string> labels;
  for (const ForwardStep& step : explanation.forward) {
    const bool is_hidden = step.is_number || (is_textbook && step.whole != step.id);
    const bool is_whole = is_textbook && step.text != step.own_text;
    const std::string second = step.is_source ? "" : is_whole ? label_of_whole(step) : step.op;
    labels.push_back(is_hidden ? ""
                               : fmt::format("{}\n{} {}", one_line(step.symbol), second,
                                             to_text(step.value.shape())));
  }
  return labels;
}

std::vector<Tensor> trainable_variables(const Tensor& loss) {
  std::vector<Tensor> xs;
  for (NodeId id : ancestors({loss}))
    if (const VariableRecord* variable = loss.state().variable(id);
        variable != nullptr && variable->is_trainable)
      xs.push_back(loss.state().tensor(id));
  return xs;
}

}  // namespace

class PageRecorder::Impl {
 public:
  Impl(Session& session, Tensor loss, std::vector<Tensor> xs, SourceLocation where)
      : session_(&session), loss_(std::move(loss)), xs_(std::move(xs)) {
    if (!loss_) fail("the loss is an empty Tensor", where);
    if (xs_.empty()) xs_ = trainable_variables(loss_);
    if (xs_.empty())
      fail(fmt::format("the loss \"{}\" depends on no trainable variable", loss_.name()), where);
    if (const std::size_t count = ancestors({loss_}).size(); count > max_explained_nodes)
      fail(fmt::format("the loss \"{}\" is computed from {} nodes, at most {} can be shown",
                       loss_.name(), count, max_explained_nodes),
           where);
  }

  void snapshot(std::int64_t training_step, const std::vector<Feed>& feeds, SourceLocation where) {
    const Explanation explanation =
        explain(*session_, loss_, xs_, feeds, {.checked_elements = 0}, where);
    const PageGraph page = make_page_graph(loss_.shared_state(), explanation);
    if (moments_.empty()) {
      words_ = {{"nodes", nodes_json(page, explanation)},
                {"ways", ways_json(page, explanation)},
                {"every_node", views_json(page, labels_of(explanation, false))},
                {"passes", passes_json(explanation, feeds)},
                {"dot", to_dot(loss_)}};
      const auto is_part = [](const ForwardStep& step) { return step.whole != step.id; };
      if (std::ranges::any_of(explanation.forward, is_part))
        words_["textbook"] =
            views_json(textbook_graph(page, explanation), labels_of(explanation, true));
    }
    moments_.push_back(
        moment_json(page, explanation, training_step, session_->options().threads, tensors_));
  }

  std::string html(const PageOptions& options) const {
    if (moments_.empty()) throw GraphError("page: there is no snapshot");
    const std::string title = one_line(options.title.empty() ? loss_.name() : options.title);
    Json data{{"title", title}, {"introduction", options.introduction}};
    data.update(words_);
    data["moments"] = moments_;
    // What would not fit need not be written first.
    std::int64_t whole = options.whole_elements;
    while (whole > size_of_summary && tensors_.text_bytes(whole) > options.size_limit) whole /= 2;
    for (;; whole /= 2) {
      data["tensors"] = tensors_.json(whole);
      std::string text = page_template();
      replace(text, "GRADUS_TITLE", escaped(title));
      replace(text, "GRADUS_DATA", script_text(data));
      if (std::ssize(text) <= options.size_limit || whole <= size_of_summary) return text;
    }
  }

 private:
  Session* session_;
  Tensor loss_;
  std::vector<Tensor> xs_;
  PageTensors tensors_{max_whole};
  Json words_;
  std::vector<Json> moments_;
};

// Of a PageRecorder that was not moved from.
template <class T>
static T& alive(const std::unique_ptr<T>& impl) {
  if (!impl) throw GraphError("page: the PageRecorder was moved from");
  return *impl;
}

PageRecorder::PageRecorder(Session& session, const Tensor& loss, const TensorList& xs,
                           SourceLocation where)
    : impl_(std::make_unique<Impl>(session, loss, xs, where)) {}
PageRecorder::PageRecorder(PageRecorder&&) noexcept = default;
PageRecorder& PageRecorder::operator=(PageRecorder&&) noexcept = default;
PageRecorder::~PageRecorder() = default;

void PageRecorder::snapshot(std::int64_t training_step, const std::vector<Feed>& feeds,
                            SourceLocation where) {
  alive(impl_).snapshot(training_step, feeds, where);
}
std::string PageRecorder::html(const PageOptions& options) const {
  return alive(impl_).html(options);
}
void PageRecorder::write(const std::filesystem::path& path, const PageOptions& options) const {
  write_file(path, html(options));
}

void write_page(const std::filesystem::path& path, Session& session, const Tensor& loss,
                const std::vector<Feed>& feeds, const PageOptions& options, SourceLocation where) {
  write_page(path, session, loss, {}, feeds, options, where);
}
void write_page(const std::filesystem::path& path, Session& session, const Tensor& loss,
                const TensorList& xs, const std::vector<Feed>& feeds, const PageOptions& options,
                SourceLocation where) {
  PageRecorder recorder(session, loss, xs, where);
  recorder.snapshot(0, feeds, where);
  recorder.write(path, options);
}

}  // namespace gradus
