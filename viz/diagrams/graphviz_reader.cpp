#include "graphviz_reader.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <new>
#include <string_view>
#include <unordered_map>

namespace gradus {
namespace {

// The names of one graph's nodes, edges and frames. Graphviz calls these functions, through which
// no exception may pass: no memory is an answer of 0, which it takes for a failure.
class NameNumbers {
 public:
  static void* open(Agraph_t* /*graph*/, Agdisc_t* /*disciplines*/) {
    return new (std::nothrow) NameNumbers;
  }
  static void close(void* state) { delete static_cast<NameNumbers*>(state); }

  static long map(void* state, int kind, char* name, IDTYPE* id, int may_create) {
    try {
      return static_cast<NameNumbers*>(state)->number(kind, name, *id, may_create != 0) ? 1 : 0;
    } catch (const std::bad_alloc&) {
      return 0;
    }
  }
  static char* print(void* state, int kind, IDTYPE id) {
    return static_cast<NameNumbers*>(state)->of(kind).name(id);
  }
  // Of numbers that the text does not ask for.
  static long allocate(void* /*state*/, int /*kind*/, IDTYPE /*id*/) { return 0; }
  static void release(void* /*state*/, int /*kind*/, IDTYPE /*id*/) {}
  static void enter(void* /*state*/, int /*kind*/, void* /*object*/) {}

 private:
  struct Kind {
    std::unordered_map<std::string_view, IDTYPE> number_of;
    std::deque<std::string> names;  // stay where they are; empty where there is none
    char* name(IDTYPE id) {
      if (id == 0 || id > names.size() || names[id - 1].empty()) return nullptr;
      return names[id - 1].data();
    }
  };

  // In- and out-edges are one kind.
  Kind& of(int kind) {
    return kinds_[static_cast<std::size_t>(std::min(kind, static_cast<int>(AGOUTEDGE)))];
  }

  bool number(int kind, const char* name, IDTYPE& id, bool may_create) {
    Kind& all = of(kind);
    if (name != nullptr) {
      const auto found = all.number_of.find(name);
      if (found != all.number_of.end()) {
        id = found->second;
        return true;
      }
    }
    if (!may_create) return false;
    all.names.emplace_back(name == nullptr ? "" : name);
    id = all.names.size();
    if (name != nullptr) all.number_of.emplace(all.names.back(), id);
    return true;
  }

  std::array<Kind, 3> kinds_;
};

struct Text {
  std::string_view rest;
  static int read(void* channel, char* buffer, int size) {
    std::string_view& rest = static_cast<Text*>(channel)->rest;
    const std::size_t count = std::min(rest.size(), static_cast<std::size_t>(size));
    std::memcpy(buffer, rest.data(), count);
    rest.remove_prefix(count);
    return static_cast<int>(count);
  }
};

}  // namespace

Agraph_t* read_graph(const std::string& dot) {
  // Constant, though Graphviz's types do not say so; a graph reads them as long as it lives.
  static Agiddisc_t names{NameNumbers::open,    NameNumbers::map,   NameNumbers::allocate,
                          NameNumbers::release, NameNumbers::print, NameNumbers::close,
                          NameNumbers::enter};
  static Agiodisc_t reading{Text::read, nullptr, nullptr};
  Agdisc_t disciplines{&AgMemDisc, &names, &reading};
  Text text{dot};
  return agread(&text, &disciplines);
}

}  // namespace gradus
