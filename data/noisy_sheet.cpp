#include <gradus/noisy_sheet.h>

#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/random.h>

namespace gradus {
namespace {

void check(std::int64_t count, const SheetOptions& options) {
  const auto refuse = [](std::string what) { throw DataError("noisy_sheet: " + std::move(what)); };
  if (count < 0) refuse(fmt::format("number of points is negative: {}", count));
  if (!(options.bend > 0 && options.bend <= 2 * std::numbers::pi))
    refuse(fmt::format("bend is not above 0 and at most 2 pi: {}", options.bend));
  if (!(options.width >= 0 && std::isfinite(options.width)))
    refuse(fmt::format("width is not 0 or more: {}", options.width));
  if (!(options.noise >= 0 && std::isfinite(options.noise)))
    refuse(fmt::format("noise is not 0 or more: {}", options.noise));
}

}  // namespace

Sheet noisy_sheet(std::int64_t count, std::uint64_t seed, const SheetOptions& options) {
  check(count, options);
  Sheet sheet{Array::uninitialized({count, 3}, float32), Array::uninitialized({count}, float32)};
  // A rotation with exact entries: its rows are (2, -1, 2) / 3, (2, 2, -1) / 3, (-1, 2, 2) / 3.
  constexpr double turn[3][3] = {
      {2.0 / 3, -1.0 / 3, 2.0 / 3}, {2.0 / 3, 2.0 / 3, -1.0 / 3}, {-1.0 / 3, 2.0 / 3, 2.0 / 3}};
  const double angle = options.bend / 2;  // at the ends of the arc, whose radius is 1 / angle
  const double mean_height = (1 - std::sin(angle) / angle) / angle;
  float* point = sheet.points.mutable_values<float>().data();
  Random random(seed, "noisy_sheet");
  for (float& parameter : sheet.parameter.mutable_values<float>()) {
    const double t = random.uniform(-1, 1), s = random.uniform(-1, 1);
    const double flat[3] = {std::sin(t * angle) / angle, s * options.width / 2,
                            (1 - std::cos(t * angle)) / angle - mean_height};
    for (const auto& row : turn)
      *point++ = static_cast<float>(row[0] * flat[0] + row[1] * flat[1] + row[2] * flat[2] +
                                    options.noise * random.normal());
    parameter = static_cast<float>(t);
  }
  return sheet;
}

}  // namespace gradus
