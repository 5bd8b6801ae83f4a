// Letters of 5 x 8 dots, so that a picture's labels need no font on the machine.
#pragma once

#include <cstdint>
#include <string_view>

#include <gradus/png.h>

namespace gradus {

// Of one character: six dots wide (one is the space to its right neighbour), eight high.
inline constexpr std::int64_t letter_width = 6;
inline constexpr std::int64_t letter_height = 8;

// The number of characters of a UTF-8 text.
std::int64_t letter_count(std::string_view text);

// The text with its top left corner at (x, y), each dot scale x scale pixels. A character outside
// of ASCII is drawn as a box.
void draw_text(Image& image, std::int64_t x, std::int64_t y, std::string_view text,
               std::int64_t scale, Color color);

}  // namespace gradus
