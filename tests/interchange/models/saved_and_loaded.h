// A model by way of a file.
#pragma once

#include <vector>

#include <gradus/model_file.h>

#include "support/test_folder.h"

namespace gradus {

inline Model saved_and_loaded(Session& session, const std::vector<NamedTensor>& tensors,
                              const ModelOptions& options = {}) {
  const TestFolder folder;
  save_model(folder / "model.gradus", session, tensors);
  return load_model(folder / "model.gradus", options);
}

}  // namespace gradus
