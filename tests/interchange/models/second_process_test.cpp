// A model that one program saved is trained by another, with the bits of going on in the first.
#include <gradus/model_file.h>

#include <gtest/gtest.h>

#include "core/child_process.h"
#include "practical.h"
#include "support/test_folder.h"

namespace gradus {
namespace {

TEST(SecondProcess, goes_on_with_the_training_as_the_first_would) {
  for (const Practical& ae : {basic_ae(), auto_encoder()}) {
    const TestFolder folder;
    Session session(ae.graph, {.seed = 1});
    train(session, ae, 0, 3);
    save_model(folder / "old.gradus", session, ae.tensors);
    const ChildResult child =
        run_child({.program = GRADUS_TRAIN_MODEL,
                   .arguments = {(folder / "old.gradus").string(), (folder / "new.gradus").string(),
                                 "3", "5"}});
    ASSERT_EQ(child.failure, "");
    train(session, ae, 3, 5);
    save_model(folder / "here.gradus", session, ae.tensors);
    EXPECT_EQ(contents(folder / "new.gradus"), contents(folder / "here.gradus"));
  }
}

}  // namespace
}  // namespace gradus
