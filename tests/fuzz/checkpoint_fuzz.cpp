// rooms: interchange runtime autodiff compiler ops graph kernels core
// Checkpoints of any bytes are refused by an Error and change nothing, or the session goes on.
//
// Checksums are made right again after most mutations, so that what stands behind them is reached.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <span>
#include <string>

#include <fmt/format.h>

#include <gradus/checkpoint.h>
#include <gradus/graph.h>

#include "fuzz_file.h"
#include "interchange/crc32c.h"
#include "safetensors_container.h"

namespace {

using namespace gradus;

constexpr const char* text_key = "gradus.checkpoint";
constexpr const char* sum_key = "gradus.checkpoint.crc32c";

std::string sum_of(const void* bytes, std::size_t size) {
  return fmt::format("{:08x}", crc32c({static_cast<const std::byte*>(bytes), size}));
}

// Of the tensors that the header places within the data.
void mend_sums(const Container& container, Json& checkpoint) {
  for (const auto& [name, entry] : container.header.items()) {
    if (!entry.is_object() || !entry.contains("data_offsets")) continue;
    const Json& offsets = entry["data_offsets"];
    if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
        !offsets[1].is_number_unsigned())
      continue;
    const auto begin = offsets[0].get<std::size_t>(), end = offsets[1].get<std::size_t>();
    if (begin <= end && end <= container.data.size())
      checkpoint["crc32c"][name] = sum_of(container.data.data() + begin, end - begin);
  }
}

bool change(Container& container, std::minstd_rand& random) try {
  Json& metadata = container.header["__metadata__"];
  Json checkpoint = Json::parse(metadata.value(text_key, ""));
  if (random() % 3 == 0)
    change_json(container.header, random);
  else if (random() % 3 == 0 && !container.data.empty())
    container.data[random() % container.data.size()] ^= 1U << random() % 8;
  else
    change_json(checkpoint, random);
  if (random() % 4 != 0) mend_sums(container, checkpoint);
  const std::string text = checkpoint.dump(-1, ' ', false, Json::error_handler_t::replace);
  container.header["__metadata__"][text_key] = text;
  container.header["__metadata__"][sum_key] = sum_of(text.data(), text.size());
  return true;
} catch (const Json::exception&) {  // what another mutation made of it
  return false;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  return mutate_container(data, size, max_size, seed, change);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Graph graph;
  static const Variable w = graph.variable("w", Array({{1, 2}, {3, 4}}));
  static const Variable b = graph.variable("b", Array({5, 6}));
  static const Variable steps = graph.variable("steps", Array(std::int64_t{7}));
  static Session session(graph, {.threads = 1});
  static const Array first = session.value(w);
  const RandomState random = session.random_state();
  bool is_loaded = false;
  fuzz_file(data, size, [&](const std::string& path) {
    const TrainingState state = load_checkpoint(path, session, {{"batch_size", "10"}});
    is_loaded = true;
    if (state.epoch < 0 || state.steps < 0) std::abort();
  });
  if (!is_loaded && (session.value(w) != first || session.random_state().seed != random.seed ||
                     session.random_state().run_count != random.run_count))
    std::abort();
  session.set(w, first);
  session.set_random_state(random);
  return 0;
}
