// Random graphs with their first and second gradients, saved and loaded: the same bits, the same
// text.
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <gradus/gradients.h>
#include <gradus/model_file.h>
#include <gradus/ops.h>
#include <gradus/text.h>

#include "proof/random_graph.h"
#include "support/test_folder.h"

namespace gradus::proof {
namespace {

// The tensors of a program, and its gradients of both orders.
Tensors derived(const Program& program, Built& built) {
  Tensors xs, all = built.tensors;
  for (std::size_t i = 0; i < program.sources.size(); ++i)
    if (is_float(program.sources[i].dtype)) xs.push_back(built.tensors[i]);
  if (xs.empty()) return all;
  const Tensors first = gradients(loss_of(all), xs, {.unconnected = Unconnected::zero});
  const Tensors second = gradients(loss_of(first), xs, {.unconnected = Unconnected::zero});
  all.insert(all.end(), first.begin(), first.end());
  all.insert(all.end(), second.begin(), second.end());
  return all;
}

TEST(SavedGraphs, compute_the_same_bits_as_those_that_were_saved) {
  const TestFolder folder;
  std::int64_t nodes = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Program program = random_program(seed, seed % 2 == 0 ? usual_shapes : odd_shapes);
    Built built = build(program);
    const Tensors fetches = derived(program, built);
    std::vector<NamedTensor> named;
    for (std::size_t i = 0; i < fetches.size(); ++i)
      named.push_back({std::to_string(i), fetches[i]});
    for (std::size_t i = 0; i < built.feeds.size(); ++i)
      named.push_back({fmt::format("feed {}", i), built.feeds[i].placeholder()});
    Session session(built.graph, {.seed = 1, .threads = 1});
    save_model(folder / "graph.gradus", session, named);

    const Model model = load_model(folder / "graph.gradus");
    Tensors loaded;
    std::vector<Feed> loaded_feeds;
    for (std::size_t i = 0; i < fetches.size(); ++i) loaded.push_back(model[std::to_string(i)]);
    for (std::size_t i = 0; i < built.feeds.size(); ++i)
      loaded_feeds.emplace_back(model[fmt::format("feed {}", i)], built.feeds[i].value());
    Session again = model.session({.seed = 1, .threads = 1});
    EXPECT_EQ(listing(loaded), listing(fetches)) << seed;
    EXPECT_EQ(again.run(loaded, loaded_feeds), session.run(fetches, built.feeds)) << seed;
    nodes += model.graph().node_count();
  }
  EXPECT_GT(nodes, 300 * 50);
}

}  // namespace
}  // namespace gradus::proof
