// How a layer is called.
#pragma once

namespace gradus {

// Layers that do not learn and use in the same way look at it: Dropout, BatchNorm,
// MultiHeadAttention, and Sequential for its parts.
struct CallOptions {
  bool training = false;
};

}  // namespace gradus
