#include <gradus/random.h>

#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include <gradus/error.h>

namespace gradus {
namespace {

// FNV-1a: a name becomes a part of the counter.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 14695981039346656037u;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return hash;
}

constexpr std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
constexpr std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> c,
                                    std::array<std::uint32_t, 2> k) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53} * c[0], b = std::uint64_t{0xCD9E8D57} * c[2];
    c = {high(b) ^ c[1] ^ k[0], low(b), high(a) ^ c[3] ^ k[1], low(a)};
    k = {k[0] + 0x9E3779B9, k[1] + 0xBB67AE85};
  }
  return c;
}

Random::Random(std::uint64_t seed, std::string_view purpose)
    : key_{low(seed), high(seed)}, purpose_(hash_of(purpose)) {}

std::uint32_t Random::bits() {
  if (next_ == words_.size()) {
    words_ = philox({low(block_), high(block_), low(purpose_), high(purpose_)}, key_);
    ++block_;
    next_ = 0;
  }
  return words_[next_++];
}

double Random::uniform() {
  const std::uint64_t upper = bits(), lower = bits();
  return static_cast<double>((upper << 32 | lower) >> 11) * 0x1p-53;
}

double Random::normal() {
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));  // 1 - u is never 0
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

double Random::truncated_normal() {
  for (;;)
    if (const double x = normal(); std::abs(x) <= 2) return x;
}

std::int64_t Random::below(std::int64_t bound) {
  if (bound < 1) throw DataError(fmt::format("random: below({}): the bound is less than 1", bound));
  const auto n = static_cast<std::uint64_t>(bound);
  const std::uint64_t excess = (0 - n) % n;  // 2^64 mod n: draws below it would favour some results
  for (;;) {
    const std::uint64_t upper = bits(), draw = upper << 32 | bits();
    if (draw >= excess) return static_cast<std::int64_t>(draw % n);
  }
}

}  // namespace gradus
