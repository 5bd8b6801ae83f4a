// A page that explains a loss: one run, forward and backward, step by step with all its numbers, in
// one HTML file that opens from disk and needs no network.
//
//   write_page("ae.html", session, loss, {{x, images}});
//
//   PageRecorder recorder(session, loss);                  // along training
//   for (int i = 0; i <= 200; ++i) {
//     if (i % 20 == 0) recorder.snapshot(i, {{x, images}});
//     session.run(step, {{x, images}});
//   }
//   recorder.write("ae.html", {.title = "The basic auto-encoder"});
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gradus/session.h>
#include <gradus/tensor.h>

namespace gradus {

struct PageOptions {
  std::string title = {};         // empty: the loss's name
  std::string introduction = {};  // plain text above the graph; an empty line parts paragraphs
  // Tensors of at most so many elements are there with all of them, the others as statistics,
  // histogram, corner and images. Where the file would exceed its limit, fewer are whole: those
  // of 128 elements or less always are, so that the page of a very large graph exceeds it.
  std::int64_t whole_elements = 32'768;
  std::int64_t size_limit = 1'900'000;  // bytes
};

// Records runs of a loss. The graph and the variables stay as they are.
class PageRecorder {
 public:
  // The gradients are those with respect to xs, any nodes; if there are none, with respect to all
  // trainable variables that the loss depends on: GraphError if there are none.
  PageRecorder(Session& session, const Tensor& loss, const TensorList& xs = {},
               SourceLocation where = SourceLocation::current());
  PageRecorder(PageRecorder&&) noexcept;
  PageRecorder& operator=(PageRecorder&&) noexcept;
  ~PageRecorder();

  // Runs the loss and keeps what the page shows of it, as the state after so many training steps.
  // What explain() refuses is refused.
  void snapshot(std::int64_t training_step, const std::vector<Feed>& feeds,
                SourceLocation where = SourceLocation::current());

  // The page's bytes: the same for the same graph, values and options. GraphError if there is no
  // snapshot.
  std::string html(const PageOptions& options = {}) const;
  // Writes them; FileError if that fails.
  void write(const std::filesystem::path& path, const PageOptions& options = {}) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The page of one run, with respect to all trainable variables that the loss depends on.
void write_page(const std::filesystem::path& path, Session& session, const Tensor& loss,
                const std::vector<Feed>& feeds, const PageOptions& options = {},
                SourceLocation where = SourceLocation::current());
// With respect to xs.
void write_page(const std::filesystem::path& path, Session& session, const Tensor& loss,
                const TensorList& xs, const std::vector<Feed>& feeds,
                const PageOptions& options = {}, SourceLocation where = SourceLocation::current());

}  // namespace gradus
