#include <gradus/embedding.h>

#include <gradus/at.h>
#include <gradus/ops.h>

#include "check_size.h"

namespace gradus::layers {

Embedding::Embedding(const Parent& parent, std::int64_t count, std::int64_t size,
                     const EmbeddingOptions& options, SourceLocation where)
    : Module(parent, options.name, where) {
  checked_size("Embedding", "count", count, where);
  checked_size("Embedding", "size", size, where);
  E_ = variable("E", options.embeddings_initializer({count, size}), where);
}

Tensor Embedding::operator()(Operand ids) const {
  const At here(ids);
  const NameScope scope = enter();
  return gather(E_, ids);
}

}  // namespace gradus::layers
