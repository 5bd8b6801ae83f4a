// Model files of each version of the format, as they were written: they are read for ever.
#include <gradus/model_file.h>

#include <string>

#include <gtest/gtest.h>

#include <gradus/text.h>

#include "paths.h"
#include "support/test_folder.h"

namespace gradus {
namespace {

TEST(KeptModelFiles, of_version_1_are_read) {
  const std::filesystem::path folder =
      std::filesystem::path(GRADUS_SOURCE_DIR) / "tests/interchange/files";
  const Model model = load_model(folder / "model_v1.gradus");
  Session session = model.session();
  const Feed feed(model["x"], Array({{1, 2, 3}}));
  std::string text = to_text(model.graph());
  for (const char* name : {"code", "loss", "count"})
    text += std::string(name) + " = " + to_text(session.run(model[name], {feed}), 9) + "\n";
  EXPECT_EQ(text, contents(folder / "model_v1.txt"));
  session.run(model["step"], {feed});
  session.run(model["noise"], {feed});
  EXPECT_EQ(model.graph().trainable_variables().size(), 1U);
}

}  // namespace
}  // namespace gradus
