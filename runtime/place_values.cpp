#include "draft.h"

#include <algorithm>
#include <limits>
#include <map>
#include <unordered_map>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/memory.h>
#include <gradus/op.h>
#include <gradus/state.h>

namespace gradus {
namespace {

constexpr std::size_t alignment = 64;

// Memory that values leave and others take. Blocks keep their size: a plan asks for few sizes.
class Arena {
 public:
  std::size_t take(std::size_t bytes) {
    // A free block of at most twice the size is good enough.
    if (const auto found = free_.lower_bound(bytes);
        found != free_.end() && found->first <= 2 * bytes) {
      const std::size_t offset = found->second.back();
      sizes_[offset] = found->first;
      found->second.pop_back();
      if (found->second.empty()) free_.erase(found);
      return offset;
    }
    const std::size_t offset = size_;
    if (__builtin_add_overflow(size_, bytes, &size_)) size_ = Draft::outside;
    sizes_[offset] = bytes;
    return offset;
  }
  void give_back(std::size_t offset) { free_[sizes_.at(offset)].push_back(offset); }
  std::size_t size() const { return size_; }

 private:
  std::size_t size_ = 0;
  std::map<std::size_t, std::vector<std::size_t>> free_;
  std::unordered_map<std::size_t, std::size_t> sizes_;
};

std::size_t rounded(std::size_t bytes) {
  return std::max<std::size_t>((bytes + alignment - 1) / alignment, 1) * alignment;
}

// A view shares its operand's memory. But an assignment of one variable's value to another keeps a
// copy: the first may be assigned, too.
void find_storage(Draft& draft) {
  draft.storage.assign(draft.computed.size(), no_node);
  for (NodeId id : draft.order) {
    draft.storage[index(id)] = id;
    const Node& node = draft.node(id);
    if (const auto* view = std::get_if<IsView>(&node.op->kernel)) {
      const NodeId seen = draft.storage[index(draft.graph().operands(id)[view->operand])];
      if (node.op != &assign_op || draft.graph().variable(seen) == nullptr)
        draft.storage[index(id)] = seen;
    }
  }
}

// The place in the order after which nobody reads a storage; fetched values last for ever.
std::vector<std::int32_t> last_readers(const Draft& draft) {
  constexpr std::int32_t for_ever = std::numeric_limits<std::int32_t>::max();
  std::vector<std::int32_t> last(draft.computed.size(), -1);
  for (NodeId id : draft.order) {
    const auto operands = draft.graph().operands(id);
    for (std::size_t k = 0; k < operands.size(); ++k)
      if (!draft.node(id).op->reads_shape_alone(k))
        last[index(draft.storage[index(operands[k])])] = static_cast<std::int32_t>(id);
  }
  for (NodeId id : draft.order)
    if (draft.node(id).op == &assign_op) last[index(draft.storage[index(id)])] = for_ever;
  for (NodeId fetch : draft.key.fetches) last[index(draft.storage[index(fetch)])] = for_ever;
  return last;
}

[[noreturn]] void refuse(const Draft& draft, std::size_t bytes) {
  const auto largest =
      *std::ranges::max_element(draft.order, {}, [&](NodeId id) { return draft.byte_count(id); });
  throw MemoryError(at_line(
      fmt::format("run: {} are needed, {} is the limit; the largest value is \"{}\" {} {} ({})",
                  bytes_text(bytes), bytes_text(draft.context.memory_limit),
                  draft.graph().name(largest), to_text(draft.node(largest).dtype),
                  to_text(draft.shape(largest)), bytes_text(draft.byte_count(largest))),
      draft.context.where));
}

}  // namespace

void place_values(Draft& draft) {
  find_storage(draft);
  const std::vector<std::int32_t> last = last_readers(draft);
  draft.offsets.assign(draft.computed.size(), Draft::outside);
  Arena arena;
  std::vector<NodeId> leaving;
  for (NodeId id : draft.order) {
    if (draft.is_source(id)) continue;
    leaving.clear();
    const auto operands = draft.graph().operands(id);
    for (std::size_t k = 0; k < operands.size(); ++k) {
      if (draft.node(id).op->reads_shape_alone(k)) continue;
      const NodeId storage = draft.storage[index(operands[k])];
      if (last[index(storage)] == static_cast<std::int32_t>(id) &&
          draft.offsets[index(storage)] != Draft::outside &&
          std::ranges::find(leaving, storage) == leaving.end())
        leaving.push_back(storage);
    }
    if (draft.storage[index(id)] == id) {
      // An element-wise result may overwrite an operand of its size that nobody reads any more.
      const auto in_place = std::ranges::find_if(leaving, [&](NodeId storage) {
        return std::holds_alternative<ElementwiseKernel>(draft.node(id).op->kernel) &&
               size_of(draft.node(storage).dtype) == size_of(draft.node(id).dtype) &&
               draft.byte_count(storage) == draft.byte_count(id);
      });
      if (in_place != leaving.end()) {
        draft.offsets[index(id)] = draft.offsets[index(*in_place)];
        leaving.erase(in_place);
      } else {
        draft.offsets[index(id)] = arena.take(rounded(draft.byte_count(id)));
      }
      if (last[index(id)] < 0) leaving.push_back(id);  // a value that nobody reads
    }
    for (NodeId storage : leaving) arena.give_back(draft.offsets[index(storage)]);
  }
  if (arena.size() > draft.context.memory_limit) refuse(draft, arena.size());
  draft.arena_bytes = arena.size();
}

}  // namespace gradus
