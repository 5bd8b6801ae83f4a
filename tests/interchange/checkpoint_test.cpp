#include <gradus/checkpoint.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <span>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <gradus/gradus.h>

#include "interchange/crc32c.h"
#include "support/error_text.h"
#include "support/test_folder.h"

namespace gradus {
namespace {

struct CheckpointTest : testing::Test {
  const TestFolder folder;
  const std::filesystem::path file = folder / "c.safetensors";
  Graph g;
  Variable w = g.variable("w", Array({1, 2, 3}));
  Tensor noise = random_normal(g, {3});
  Tensor step = Adam{}.minimize(reduce_sum(square(w - noise)));
  Session session{g, {.seed = 5}};

  std::string load_error(Session& into, const std::map<std::string, std::string>& options = {}) {
    return error_text<DataError>([&] { load_checkpoint(file, into, options, SourceLocation()); });
  }
  // Bits of all variables.
  std::string bits(Session& of) {
    std::string text;
    for (const Variable& v : g.variables()) {
      const Array value = of.value(v);
      text.append(static_cast<const char*>(value.data()), value.byte_count());
    }
    return text;
  }
  void write(const std::string& bytes) { folder.write("c.safetensors", bytes); }
};

TEST_F(CheckpointTest, a_session_goes_on_as_the_one_that_was_saved) {
  for (int i = 0; i < 3; ++i) session.run(step);
  save_checkpoint(file, session);
  Session other(g, {.seed = 6, .threads = 3});
  load_checkpoint(file, other);
  EXPECT_EQ(other.options().seed, 5u);
  for (int i = 0; i < 3; ++i) {
    session.run(step);
    other.run(step);
    EXPECT_EQ(bits(other), bits(session));
    EXPECT_EQ(other.run(noise), session.run(noise));
  }
}

TEST_F(CheckpointTest, the_state_of_the_loop_comes_back_to_the_bit) {
  const TrainingState state{.epoch = 2,
                            .steps = 7,
                            .losses = {1.0 / 3, 5e-324},
                            .validation_losses = {-0.0, 1e300},
                            .seconds = {0.1, 0.2},
                            .epoch_size = 3,
                            .epoch_steps = 1,
                            .epoch_rows = 10,
                            .epoch_loss = 2.0 / 3,
                            .epoch_seconds = 0.7,
                            .options = {{"batch \"size\"", "10\n"}, {"\u00e9", ""}}};
  save_checkpoint(file, session, state);
  const TrainingState read = load_checkpoint(file, session);
  EXPECT_EQ(read.epoch, state.epoch);
  EXPECT_EQ(read.steps, state.steps);
  EXPECT_EQ(read.losses, state.losses);
  EXPECT_EQ(read.validation_losses, state.validation_losses);
  EXPECT_TRUE(std::signbit(read.validation_losses[0]));
  EXPECT_EQ(read.seconds, state.seconds);
  EXPECT_EQ(read.epoch_size, state.epoch_size);
  EXPECT_EQ(read.epoch_steps, state.epoch_steps);
  EXPECT_EQ(read.epoch_rows, state.epoch_rows);
  EXPECT_EQ(read.epoch_loss, state.epoch_loss);
  EXPECT_EQ(read.epoch_seconds, state.epoch_seconds);
  EXPECT_EQ(read.options, state.options);
}

TEST_F(CheckpointTest, the_largest_seed_comes_back) {
  Session largest(g, {.seed = std::numeric_limits<std::uint64_t>::max()});
  save_checkpoint(file, largest);
  load_checkpoint(file, session);
  EXPECT_EQ(session.options().seed, std::numeric_limits<std::uint64_t>::max());
}

TEST_F(CheckpointTest, weights_and_slots_can_be_loaded_from_it_one_by_one) {
  session.run(step);
  save_checkpoint(file, session);
  Session other(g);
  load_weights(file, other, {w}, {.strict = false});
  EXPECT_EQ(other.value(w), session.value(w));
}

TEST_F(CheckpointTest, of_another_graph_is_refused_with_all_that_differs) {
  save_checkpoint(file, session, {.options = {{"batch_size", "10"}, {"data", "digits"}}});
  Graph h;
  const Variable v = h.variable("w", Array({1, 2}));
  h.variable("sgd/w/velocity", Array({1, 2}));
  Session other(h, {.seed = 1});
  EXPECT_EQ(load_error(other, {{"batch_size", "20"}, {"data", "digits"}, {"l2", "0.1"}}),
            "load_checkpoint: file \"" + file.string() +
                "\" is of another training\n"
                "  missing: \"sgd/w/velocity\" float32 [2]\n"
                "  left over: \"adam/beta_1_power\" F64 []\n"
                "  left over: \"adam/beta_2_power\" F64 []\n"
                "  left over: \"adam/w/m\" F32 [3]\n"
                "  left over: \"adam/w/v\" F32 [3]\n"
                "  unlike: \"w\" float32 [2], in the file F32 [3]\n"
                "  option \"batch_size\" is \"20\", in the file \"10\"\n"
                "  option \"l2\" is \"0.1\", in the file missing");
  EXPECT_EQ(other.value(v), Array({1, 2}));
  EXPECT_EQ(other.options().seed, 1u);
}

TEST_F(CheckpointTest, a_safetensors_file_of_something_else_is_none) {
  save_weights(file, session, g.variables());
  EXPECT_EQ(load_error(session),
            "load_checkpoint: file \"" + file.string() +
                "\" is no checkpoint: no \"gradus.checkpoint\" is in its metadata");
}

// A file with this text, and its checksum.
void write_text(const std::filesystem::path& file, const std::string& text) {
  const std::string sum = fmt::format("{:08x}", crc32c(std::as_bytes(std::span(text))));
  write_safetensors(file, {}, {{"gradus.checkpoint", text}, {"gradus.checkpoint.crc32c", sum}});
}

TEST_F(CheckpointTest, of_another_version_is_refused) {
  write_text(file, R"({"version":2})");
  EXPECT_EQ(load_error(session), "load_checkpoint: file \"" + file.string() +
                                     "\" is of version 2, this program knows 1");
}

TEST_F(CheckpointTest, whose_text_is_forged_is_refused) {
  save_checkpoint(file, session);
  std::string negative = SafetensorsFile(file).metadata().at("gradus.checkpoint");
  negative.replace(negative.find("\"epoch\":0"), 9, "\"epoch\":-1");
  const std::vector<std::string> texts{"",
                                       "[]",
                                       "{}",
                                       "3",
                                       R"({"version":1})",
                                       R"({"version":1,"epoch":"x"})",
                                       R"({"version":1)",
                                       std::string(100'000, '['),
                                       negative};
  for (const std::string& text : texts) {
    write_text(file, text);
    EXPECT_TRUE(
        load_error(session).starts_with("load_checkpoint: file \"" + file.string() + "\" is "))
        << load_error(session);
  }
}

TEST_F(CheckpointTest, a_wrong_byte_of_any_tensor_is_found_and_named) {
  session.run(step);
  save_checkpoint(file, session);
  const std::string good = contents(file), before = bits(session);
  const SafetensorsFile stored(file);
  std::size_t data = good.size();
  for (const auto& entry : stored.entries()) data -= stored.read(entry.name).byte_count();
  // The values lie one after the other, in some order.
  std::map<std::string, int> found;
  for (std::size_t i = data; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    write(bad);
    const std::string text = load_error(session);
    const std::string begin =
        "load_checkpoint: file \"" + file.string() + "\" is damaged: tensor \"";
    ASSERT_TRUE(text.starts_with(begin)) << text;
    ++found[text.substr(begin.size(), text.find('"', begin.size()) - begin.size())];
    EXPECT_EQ(bits(session), before);
  }
  EXPECT_EQ(found, (std::map<std::string, int>{{"w", 12},
                                               {"adam/beta_1_power", 8},
                                               {"adam/beta_2_power", 8},
                                               {"adam/w/m", 12},
                                               {"adam/w/v", 12}}));
}

TEST_F(CheckpointTest, the_message_of_a_damaged_tensor_has_both_checksums) {
  const Array good({1.5, 2.5, 3.5}), bad({1.5, 2.5, -3.5});
  const auto bytes_of = [](const Array& a) {
    return std::string(static_cast<const char*>(a.data()), a.byte_count());
  };
  const auto sum_of = [&](const Array& a) {
    return fmt::format("{:08x}", crc32c(std::as_bytes(a.values<float>())));
  };
  session.set(w, good);
  save_checkpoint(file, session);
  std::string bytes = contents(file);
  write(bytes.replace(bytes.find(bytes_of(good)), 12, bytes_of(bad)));
  EXPECT_EQ(load_error(session), "load_checkpoint: file \"" + file.string() +
                                     "\" is damaged: tensor \"w\" has the checksum " + sum_of(bad) +
                                     ", when it was written " + sum_of(good));
}

TEST_F(CheckpointTest, whose_text_is_damaged_is_refused) {
  save_checkpoint(file, session, {.options = {{"first", "abc"}}});
  std::string bytes = contents(file);
  write(bytes.replace(bytes.find("abc"), 3, "abd"));
  const std::string begin =
      "load_checkpoint: file \"" + file.string() + "\" is damaged: its metadata have the checksum ";
  EXPECT_TRUE(load_error(session).starts_with(begin)) << load_error(session);
}

TEST_F(CheckpointTest, that_is_cut_anywhere_is_refused) {
  save_checkpoint(file, session);
  const std::string good = contents(file), before = bits(session);
  for (std::size_t size = good.size(); size-- > 0;) {
    std::filesystem::resize_file(file, size);
    EXPECT_NE(load_error(session).find(file.string()), std::string::npos) << load_error(session);
  }
  EXPECT_EQ(bits(session), before);
}

TEST_F(CheckpointTest, with_any_flipped_bit_is_refused_or_says_the_same) {
  session.run(step);
  save_checkpoint(file, session, {.epoch = 3, .options = {{"a", "b"}}});
  const std::string good = contents(file), before = bits(session);
  const std::map<std::string, std::string> options{{"a", "b"}};
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    // In place: to write the whole file 10,000 times takes a minute.
    const auto put = [&](char byte) {
      std::fstream(file, std::ios::in | std::ios::out | std::ios::binary)
          .seekp(static_cast<std::streamoff>(bit / 8))
          .put(byte);
    };
    put(static_cast<char>(good[bit / 8] ^ (1 << bit % 8)));
    Session other(g);
    try {
      EXPECT_EQ(load_checkpoint(file, other, options).epoch, 3) << "bit " << bit;
      EXPECT_EQ(bits(other), before) << "bit " << bit;
      EXPECT_EQ(other.random_state().run_count, 1u) << "bit " << bit;
    } catch (const Error&) {
    }
    put(good[bit / 8]);
  }
  EXPECT_EQ(contents(file), good);
}

TEST_F(CheckpointTest, what_json_cannot_say_is_refused) {
  EXPECT_EQ(error_text<DataError>([&] {
              save_checkpoint(file, session, {.losses = {1, std::nan("")}}, SourceLocation());
            }),
            "save_checkpoint: losses holds nan");
  EXPECT_EQ(error_text<DataError>([&] {
              save_checkpoint(file, session, {.options = {{"\xff", ""}}}, SourceLocation());
            }),
            "save_checkpoint: a variable's name or an option is no UTF-8");
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(CheckpointTest, that_cannot_be_written_leaves_the_old_one) {
  save_checkpoint(file, session);
  const std::string old = contents(file);
  EXPECT_EQ(error_text<FileError>(
                [&] { save_checkpoint(folder / "missing/c", session, {}, SourceLocation()); }),
            "file \"" + (folder / "missing/c").string() +
                "\" cannot be written: No such file or directory");
  EXPECT_EQ(contents(file), old);
}

}  // namespace
}  // namespace gradus
