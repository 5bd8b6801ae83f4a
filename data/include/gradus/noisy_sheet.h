// Points of a noisy curved sheet in space: the toy data set on which an auto-encoder and principal
// component analysis are compared.
//
//   Sheet sheet = noisy_sheet(1000, 42);
//   sheet.points;         // float32 [1000, 3]
//   sheet.parameter;      // float32 [1000], the place along the curve, to color the points by
#pragma once

#include <cstdint>

#include <gradus/array.h>

namespace gradus {

struct Sheet {
  Array points;     // float32 [n, 3]
  Array parameter;  // float32 [n], -1 to 1
};

struct SheetOptions {
  double bend = 2.4;   // angle of the arc that the sheet follows, in radians; above 0, at most 2 pi
  double width = 1.2;  // across the arc, whose length is 2
  double noise = 0.04;  // deviation along each axis
};

// With t and s uniform in [-1, 1], the point
//   (sin(t bend / 2) / (bend / 2),  s width / 2,  (1 - cos(t bend / 2)) / (bend / 2)),
// moved so that the sheet's mean is 0, turned so that no axis is its own, plus normal noise.
// Point i depends on the seed, the options and i alone. DataError if count or an option is out of
// range.
Sheet noisy_sheet(std::int64_t count, std::uint64_t seed, const SheetOptions& options = {});

}  // namespace gradus
