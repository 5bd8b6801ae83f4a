// Embedding: a vector for each of so many integers.
#pragma once

#include <cstdint>
#include <string>

#include <gradus/module.h>
#include <gradus/weight_initializer.h>

namespace gradus::layers {

struct EmbeddingOptions {
  std::string name = "embedding";
  WeightInitializer embeddings_initializer = "uniform";
};

// Row i of a matrix E [count, size] for each integer i: ids [...] give [..., size]. An id out of
// [0, count) is refused in the run: DataError.
//
//   layers::Embedding words(g, 10'000, 64);
//   Tensor x = words(ids);
class Embedding : public Module {
 public:
  // GraphError unless both sizes are 1 or more.
  Embedding(const Parent& parent, std::int64_t count, std::int64_t size,
            const EmbeddingOptions& options = {}, SourceLocation where = SourceLocation::current());

  Tensor operator()(Operand ids) const;

  const Variable& E() const { return E_; }

 private:
  Variable E_;
};

}  // namespace gradus::layers
