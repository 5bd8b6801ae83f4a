// Model files that are no models: each is refused with the place of its fault, and never crashes.
#include <gradus/model_file.h>

#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/custom_gradient.h>
#include <gradus/ops.h>
#include <gradus/state.h>

#include "core/refusal.h"
#include "model_editing.h"
#include "practical.h"
#include "support/test_folder.h"

namespace gradus {
namespace {

using Json = nlohmann::ordered_json;

enum Column : std::int64_t { kind, place, origin, number };

class WrongModelFile : public testing::Test {
 protected:
  // Nodes: 0 x, 1 W, 2 matmul "h", 3 the literal 0.5, 4 add, 5 reduce_sum, 6 assign.
  WrongModelFile() {
    Graph g;
    const Tensor x = g.placeholder("x", {any_size, 2});
    const Variable W = g.variable("W", Array({{1, 2}, {3, 4}}));
    Tensor h;
    {
      const NameScope scope = g.scope("layer");
      h = named(matmul(x, W), "h");
    }
    const Tensor y = reduce_sum(h + 0.5);
    const Tensor step = assign(W, W);
    Session session(g);
    save_model(path(), session, {{"x", x}, {"y", y}, {"step", step}});
  }

  std::filesystem::path path() const { return folder_ / "model.gradus"; }

  // What is said of the file after this change, without the path and the line.
  std::string refused(const std::function<void(ModelParts&)>& change) const {
    ModelParts parts = parts_of(path());
    change(parts);
    const std::filesystem::path wrong = folder_ / "wrong.gradus";
    write_parts(wrong, std::move(parts));
    const std::string text = refusal<DataError>([&] { load_model(wrong); });
    const std::string begin = "load_model: " + wrong.string() + ": ", end = "\n  at  here";
    if (!text.starts_with(begin) || !text.ends_with(end)) return "unexpected: " + text;
    return text.substr(begin.size(), text.size() - begin.size() - end.size());
  }
  std::string refused_graph(const std::string& pointer, const Json& value) const {
    return refused([&](ModelParts& p) { p.graph[Json::json_pointer(pointer)] = value; });
  }

  TestFolder folder_;
};

TEST_F(WrongModelFile, the_right_one_is_loaded) {
  ModelParts parts = parts_of(path());
  write_parts(folder_ / "same.gradus", parts);
  EXPECT_EQ(contents(folder_ / "same.gradus"), contents(path()));
  const Model model = load_model(folder_ / "same.gradus");
  Session session = model.session();
  EXPECT_EQ(session.run(model["y"], {{model["x"], Array({{1, 1}})}}), Array(11));
}

TEST_F(WrongModelFile, another_file_and_another_version_are_named) {
  EXPECT_EQ(refused([](ModelParts& p) { p.metadata.erase("gradus.model"); }),
            "this is no model file: its metadata has no gradus.model");
  EXPECT_EQ(refused([](ModelParts& p) { p.metadata["gradus.model"] = "2"; }),
            "the file is of version \"2\", this library reads files up to version 1");
  for (const char* text : {"", "0", "01", "-1", "1.0", "one"})
    EXPECT_EQ(refused([&](ModelParts& p) { p.metadata["gradus.model"] = text; }),
              "gradus.model \"" + std::string(text) + "\" is no version");
  EXPECT_EQ(refusal<FileError>([&] { load_model(folder_ / "none"); }).substr(0, 12),
            "safetensors:");
}

TEST_F(WrongModelFile, json_that_is_none_or_of_another_form) {
  const auto with_text = [&](const std::string& text) {
    ModelParts p = parts_of(path());
    p.metadata["gradus.graph"] = text;
    write_safetensors(folder_ / "text.gradus", p.arrays, p.metadata);
    return refusal<DataError>([&] { load_model(folder_ / "text.gradus"); });
  };
  const std::string begin = "load_model: " + (folder_ / "text.gradus").string() + ": gradus.graph ";
  EXPECT_TRUE(with_text("{").starts_with(begin + "is no JSON: "));
  EXPECT_TRUE(with_text(std::string(100'000, '[')).starts_with(begin + "is no JSON: "));
  const std::string nested = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_EQ(with_text(nested), begin + "is no object of 9 members\n  at  here");
  EXPECT_EQ(with_text("[]"), begin + "is no object of 9 members\n  at  here");
  EXPECT_EQ(refused([](ModelParts& p) {
              p.graph.erase("kinds");
              p.graph["kind"] = Json::array();
            }),
            "gradus.graph has no kinds");
  EXPECT_EQ(refused_graph("/kinds", 1), "kinds is no list");
  EXPECT_EQ(refused_graph("/kinds/0", Json::object()),
            "node 0 \"x\": kind 0 is no object of 5 members");
}

TEST_F(WrongModelFile, operands_that_are_not_made_before_their_reader) {
  EXPECT_EQ(refused([](ModelParts& p) { p.operand(0) = 2; }),
            "node 2 \"h\" (matmul): an operand is 2, between 0 and 1 are possible");
  EXPECT_EQ(refused([](ModelParts& p) { p.operand(0) = -1; }),
            "node 2 \"h\" (matmul): an operand is -1, between 0 and 1 are possible");
  EXPECT_EQ(refused([](ModelParts& p) { p.operand(4) = 1'000'000; }),
            "node 5 (reduce_sum): an operand is 1000000, between 0 and 4 are possible");
  EXPECT_EQ(refused([](ModelParts& p) {
              p.array("__graph__/operands") = Array(Shape{1}, std::vector<std::int32_t>{0});
            }),
            "node 2 \"h\" (matmul): the number of its operands is 2, between 0 and 1 are possible");
  EXPECT_EQ(refused([](ModelParts& p) {
              p.array("__graph__/operands") = Array(Shape{3}, std::vector<std::int32_t>{0, 1, 2});
            }),
            "node 4 (add): its operands are missing");
  EXPECT_EQ(refused([](ModelParts& p) {
              const auto old = p.array("__graph__/operands").to_vector<std::int32_t>();
              std::vector<std::int32_t> longer = old;
              longer.push_back(0);
              p.array("__graph__/operands") = Array(Shape{std::ssize(longer)}, longer);
            }),
            "there are 1 operands more than the nodes have");
}

TEST_F(WrongModelFile, numbers_that_are_out_of_range) {
  EXPECT_EQ(refused([](ModelParts& p) { p.cell(2, kind) = 7; }),
            "node 2 \"h\": its kind is 7, between 0 and 6 are possible");
  EXPECT_EQ(refused([](ModelParts& p) { p.cell(2, place) = -1; }).substr(0, 38),
            "node 2 \"h\" (matmul): its place is -1, ");
  EXPECT_EQ(refused([](ModelParts& p) { p.cell(2, origin) = 2; }),
            "node 2 \"h\" (matmul): what it differentiates is 2, between -1 and 1 are possible");
  EXPECT_EQ(refused([](ModelParts& p) { p.cell(2, number) = -5; }),
            "node 2 \"h\" (matmul): the number of its name is -5, between 0 and 2147483647 are "
            "possible");
  EXPECT_EQ(refused_graph("/tensors/0/1", 7),
            "the node of a tensor is 7, between 0 and 6 are possible");
  EXPECT_EQ(refused_graph("/tensors/0/1", "x"), "the node of a tensor is no integer");
  EXPECT_EQ(refused_graph("/tensors/0/1", 1e3), "the node of a tensor is no integer");
  EXPECT_EQ(refused_graph("/tensors/0/1", std::uint64_t{1} << 63),
            "the node of a tensor is no integer");
  EXPECT_EQ(refused_graph("/scopes/0/0", 1), "scope 1 is 1, between 0 and 0 are possible");
  EXPECT_EQ(refused_graph("/places/0/3", "sideways"), "place 0 has no role");
  EXPECT_EQ(refused_graph("/next_stream", 6),
            "next_stream is 6, between 7 and 4611686018427387904 are possible");
  EXPECT_EQ(refused([](ModelParts& p) {
              p.array("__graph__/nodes") = Array::zeros({7, 4});
            }),
            "__graph__/nodes is float32 [7, 4], not int32 [?, 4]");
  EXPECT_EQ(refused([](ModelParts& p) { p.array("__graph__/operands") = Array(1, int32); }),
            "__graph__/operands is int32 [], not int32 [?]");
}

// The least and the largest are taken for what they are, the next are none.
TEST_F(WrongModelFile, numbers_that_are_just_out_of_range) {
  const std::int64_t many = std::int64_t{1} << 31;
  struct Range {
    const char* pointer;
    const char* what;
    std::int64_t low, high;
  };
  for (const Range& range : {Range{"/scopes/0/0", "scope 1", 0, 0},
                             {"/scopes/0/2", "scope 1", 0, many},
                             {"/places/0/0", "place 0", -1, 0},
                             {"/places/0/1", "place 0", 0, many},
                             {"/places/0/2", "place 0", 0, 1},
                             {"/names/0/0", "an item of names", 0, 6},
                             {"/literals/0/0", "an item of literals", 0, 6},
                             {"/trainable/0", "an item of trainable", 0, 6},
                             {"/tensors/0/1", "the node of a tensor", 0, 6},
                             {"/next_stream", "next_stream", 7, std::int64_t{1} << 62}}) {
    const auto refusal_of = [&](std::int64_t value) {
      return std::string(range.what) + " is " + std::to_string(value) + ", between " +
             std::to_string(range.low) + " and " + std::to_string(range.high) + " are possible";
    };
    for (const std::int64_t value : {range.low - 1, range.high + 1})
      EXPECT_EQ(refused_graph(range.pointer, value), refusal_of(value)) << range.pointer;
    for (const std::int64_t value : {range.low, range.high})
      EXPECT_EQ(refused_graph(range.pointer, value).find("are possible"), std::string::npos)
          << range.pointer;
  }
}

TEST_F(WrongModelFile, kinds_that_the_library_would_not_make) {
  EXPECT_EQ(refused_graph("/kinds/2/op", "matmull"),
            "node 2 \"h\" (matmull): neither the library nor options.ops has an op of this name");
  EXPECT_EQ(refused_graph("/kinds/2/op", "add"),
            "node 2 \"h\" (add): there is no attribute transpose_a");
  EXPECT_EQ(refused_graph("/kinds/2/dtype", "float16"), "node 2 \"h\" (matmul): its dtype is none");
  EXPECT_EQ(refused_graph("/kinds/2/dtype", "float64"),
            "node 2 \"h\" (matmul): it is float64 [?, 2] in the file, and the op makes float32 [?, "
            "2]");
  EXPECT_EQ(refused_graph("/kinds/2/shape", {-1, 3}),
            "node 2 \"h\" (matmul): it is float32 [?, 3] in the file, and the op makes float32 [?, "
            "2]");
  EXPECT_EQ(refused_graph("/kinds/2/shape", {-2}), "node 2 \"h\" (matmul): its shape is none");
  EXPECT_EQ(refused_graph("/kinds/2/shape", std::vector<int>(9, 1)),
            "node 2 \"h\" (matmul): its shape is none");
  EXPECT_EQ(refused_graph("/kinds/2/shape", {std::int64_t{1} << 32, std::int64_t{1} << 32}),
            "node 2 \"h\" (matmul): its shape is none");
  EXPECT_EQ(refused_graph("/kinds/2/attributes/transpose_a", 1),
            "node 2 \"h\" (matmul): attribute transpose_a is of another type");
  EXPECT_EQ(refused_graph("/kinds/2/attributes/transpose_c", true),
            "node 2 \"h\" (matmul): there is no attribute transpose_c");
  EXPECT_EQ(refused([](ModelParts& p) { p.graph["kinds"][2]["attributes"].erase("transpose_a"); }),
            "node 2 \"h\" (matmul): matmul: attribute transpose_a is given 0 times");
  EXPECT_EQ(refused_graph("/kinds/2/operands", 3),
            "node 2 \"h\" (matmul): an operand is 2, between 0 and 1 are possible");
  EXPECT_EQ(refused_graph("/kinds/2/operands", 1),
            "node 2 \"h\" (matmul): matmul: 1 operands, not 2");
  EXPECT_EQ(refused_graph("/kinds/2/operands", 0),
            "node 2 \"h\" (matmul): matmul: no operand is a tensor");
  EXPECT_EQ(refused([](ModelParts& p) {
              p.graph["kinds"][0]["shape"] = {-1, 3};
              p.graph["kinds"][0]["attributes"]["shape"] = {-1, 3};
            }),
            "node 2 \"h\" (matmul): matmul: inner dimensions differ: [?, 3] x [2, 2]  (3 and 2)");
  EXPECT_EQ(refused([](ModelParts& p) { p.graph["kinds"].push_back(p.graph["kinds"][0]); }),
            "kind 7 is of no node");
}

TEST_F(WrongModelFile, what_only_the_functions_of_ops_see_to) {
  EXPECT_EQ(refused([](ModelParts& p) { p.operand(5) = 2; }),
            "node 6 (assign): what it assigns to is no variable");
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const Tensor y = custom_gradient(
      x, {{x, [](const Tensor& dy, const Tensor&, std::span<const Tensor>) { return dy; }}});
  Session session(g);
  save_model(path(), session, {{"y", y}});
  EXPECT_EQ(refused([](ModelParts& p) { p.operand(1) = 0; }),
            "node 2 (custom_gradient): its value is no stop_gradient");
  EXPECT_EQ(refused([](ModelParts& p) { p.graph["kinds"][2]["operands"] = 1; }),
            "node 2 (custom_gradient): 1 operands, 2 to 32 are possible");
}

TEST_F(WrongModelFile, names_that_are_none_or_taken) {
  EXPECT_EQ(refused_graph("/names/0/1", "a\nb"),
            "node 0 \"a b\" (placeholder): placeholder: the name has the control character 10 at "
            "position 1");
  EXPECT_EQ(refused_graph("/names/0/1", 5), "node 0 (placeholder): its name is no text");
  EXPECT_EQ(refused_graph("/names/0/1", ""), "node 0 (placeholder): its name is empty");
  EXPECT_EQ(refused_graph("/names/1/1", "x"),
            "node 1 \"x\" (variable): variable: the name \"x\" is taken by the placeholder made at "
            "wrong_model_file_test.cpp:" +
                std::to_string(parts_of(path()).graph["places"][1][1].get<int>()));
  EXPECT_EQ(refused([](ModelParts& p) { p.graph["names"].erase(0); }),
            "node 0 (placeholder): it has no name");
  EXPECT_EQ(refused([](ModelParts& p) {
              p.graph["names"].push_back({0, "z"});
            }),
            "names has node 0 twice");
  EXPECT_EQ(refused_graph("/names/0/0", 7), "an item of names is 7, between 0 and 6 are possible");
  // Another node of its op has the number of a given name in the way, or the same.
  EXPECT_EQ(refused([](ModelParts& p) {
              p.graph["names"].push_back({4, "reduce_sum"});
            }),
            "node 5 (reduce_sum): the name \"reduce_sum\" is taken");
  EXPECT_EQ(refused_graph("/tensors/1/0", "x"), "two tensors are named \"x\"");
  EXPECT_EQ(refused_graph("/tensors/1/0", ""), "the name of a tensor is empty");
}

TEST_F(WrongModelFile, weights_that_are_missing_left_over_or_of_another_form) {
  EXPECT_EQ(refused([](ModelParts& p) {
              std::erase_if(p.arrays, [](auto& a) { return a.name == "W"; });
            }),
            "node 1 \"W\" (variable): tensor \"W\" is not there");
  EXPECT_EQ(refused([](ModelParts& p) {
              p.arrays.push_back({"V", Array(1)});
            }),
            "tensor \"V\" is of no node");
  EXPECT_EQ(refused([](ModelParts& p) {
              p.array("W") = Array({1, 2});
            }),
            "node 1 \"W\" (variable): the variable is float32 [2, 2], its value float32 [2]");
  EXPECT_EQ(refused([](ModelParts& p) {
              p.array("W") = Array({{1, 2}, {3, 4}}, int64);
            }),
            "node 1 \"W\" (variable): the variable is float32 [2, 2], its value int64 [2, 2]");
  EXPECT_EQ(refused([](ModelParts& p) { p.graph["trainable"] = {4}; }),
            "node 4 (add): it is no variable that can be trained");
  EXPECT_EQ(refused([](ModelParts& p) {
              std::erase_if(p.arrays, [](auto& a) { return a.name == "__graph__/constant_0"; });
            }),
            "node 3 (constant): tensor \"__graph__/constant_0\" is not there");
  EXPECT_EQ(refused_graph("/literals/0/1", 0.25), "node 3 (constant): its number is not its value");
  EXPECT_EQ(refused_graph("/literals/0/1", "half"), "node 3 (constant): its number is none");
  EXPECT_EQ(refused_graph("/literals/0/0", 4), "node 4 (add): it is no constant");
}

// Whatever it is, it is refused by an Error, or a model that can be run.
void load_and_run(const std::filesystem::path& path, std::int64_t& loaded) {
  try {
    const Model model = load_model(path);
    ++loaded;
    Session session = model.session({.threads = 1, .memory_limit = 64 << 20});
    for (const NamedTensor& t : model.tensors()) {
      try {
        std::vector<Feed> feeds;
        for (const NamedTensor& x : model.tensors())
          if (x.tensor.op_name() == "placeholder")
            feeds.emplace_back(x.tensor, Array::zeros({1, 2}, x.tensor.dtype()));
        session.run(t.tensor, feeds);
      } catch (const Error&) {
      }
    }
  } catch (const Error& error) {
    ASSERT_STRNE(error.what(), "");
  }
}

TEST_F(WrongModelFile, cut_at_every_byte_is_refused) {
  const std::string whole = contents(path());
  const std::filesystem::path cut = folder_ / "cut.gradus";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    folder_.write("cut.gradus", whole.substr(0, size));
    try {
      load_model(cut);
      ADD_FAILURE() << size;
    } catch (const DataError&) {
    }
  }
}

// One bit of each byte, or all of them; returns how many files were models still.
std::int64_t flip_bits(const TestFolder& folder, std::string bytes, bool all) {
  std::int64_t loaded = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    for (std::size_t bit = 0; bit < 8; ++bit) {
      if (!all && bit != i % 8) continue;
      const char byte = bytes[i];
      bytes[i] = static_cast<char>(byte ^ 1 << bit);
      load_and_run(folder.write("flipped.gradus", bytes), loaded);
      bytes[i] = byte;
    }
  return loaded;
}

TEST_F(WrongModelFile, a_flipped_bit_is_refused_or_leaves_a_model) {
  EXPECT_GT(flip_bits(folder_, contents(path()), false), 10);
}
TEST_F(WrongModelFile, slow_any_flipped_bit_is_refused_or_leaves_a_model) {
  EXPECT_GT(flip_bits(folder_, contents(path()), true), 100);
}

}  // namespace
}  // namespace gradus
