// A tape: all of reverse-mode differentiation, for scalars.
//
//   Tape tape;
//   Real x = tape.variable(2), y = tape.variable(3);
//   Real f = sin(x * y) + x;
//   std::vector<double> d = tape.gradients(f);  // d[x.entry] is df/dx
#pragma once

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace lesson {

struct Tape;

struct Real {
  Tape* tape;
  std::size_t entry;
  double value;
};

// What an entry was computed from, and its slope with respect to that.
struct Link {
  std::size_t operand;
  double slope;
};

struct Tape {
  std::vector<std::vector<Link>> entries;

  Real variable(double value) { return record(value, {}); }
  Real record(double value, std::vector<Link> links) {
    entries.push_back(std::move(links));
    return {this, entries.size() - 1, value};
  }

  std::vector<double> gradients(const Real& f) const {
    std::vector<double> d(entries.size());
    d[f.entry] = 1;
    // Readers stand after what they read: when i is reached, d[i] has received everything.
    for (std::size_t i = f.entry + 1; i-- > 0;)
      for (const Link& link : entries[i]) d[link.operand] += d[i] * link.slope;
    return d;
  }
};

inline Real operator+(const Real& a, const Real& b) {
  return a.tape->record(a.value + b.value, {{a.entry, 1}, {b.entry, 1}});
}
inline Real operator*(const Real& a, const Real& b) {
  return a.tape->record(a.value * b.value, {{a.entry, b.value}, {b.entry, a.value}});
}
inline Real sin(const Real& a) {
  return a.tape->record(std::sin(a.value), {{a.entry, std::cos(a.value)}});
}

}  // namespace lesson
