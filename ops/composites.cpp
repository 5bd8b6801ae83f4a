#include <gradus/division.h>
#include <gradus/op_table.h>

namespace gradus {

std::span<const Composite* const> all_composites() {
  static constexpr const Composite* table[] = {
      &add_n_composite,
  };
  return table;
}

}  // namespace gradus
