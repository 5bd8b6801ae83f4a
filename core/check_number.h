// Numbers and dtypes that a caller names, and what they must be.
#pragma once

#include <string>
#include <string_view>

#include <gradus/array.h>
#include <gradus/error.h>

namespace gradus {

// As it is written: 7, 0.5, nan.
std::string to_text(const Number& number);

// DTypeError "<function>: 77 is no dtype".
void check_dtype(std::string_view function, DType dtype, SourceLocation where);
// DTypeError "<function>: 2.7 is no int32"; as above if the dtype is none.
void check_fits(std::string_view function, const Number& number, DType dtype, SourceLocation where);

}  // namespace gradus
