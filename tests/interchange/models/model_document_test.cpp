// The code of docs/keeping.md about model files.
#include <gtest/gtest.h>

#include <gradus/gradus.h>

#include "support/test_folder.h"

namespace gradus {
namespace {

TEST(ModelDocument, a_model_is_saved_loaded_and_trained_on) {
  const TestFolder folder;
  const Array images = Array::full({10, 8}, 0.5);
  Array codes;
  {
    // [save]
    Graph g;
    const Tensor x = g.placeholder("x", {any_size, 8});
    models::AutoEncoder ae(g, {8, 4, 2});
    const Tensor loss = reconstruction_error(ae(x), x);
    const Tensor step = Adam{}.minimize(loss);
    Session session(g, {.seed = 42});
    for (int i = 0; i < 10; ++i) session.run(step, {{x, images}});
    save_model(folder / "ae.gradus", session,
               {{"x", x}, {"code", ae.code()}, {"loss", loss}, {"step", step}});
    // [save]
    codes = session.run(ae.code(), {{x, images}});
  }
  // [load]
  const Model model = load_model(folder / "ae.gradus");
  Session session = model.session({.threads = 2});
  const Array code = session.run(model["code"], {{model["x"], images}});
  session.run(model["step"], {{model["x"], images}});  // goes on where it ended
  // [load]
  EXPECT_EQ(code, codes);
}

}  // namespace
}  // namespace gradus
