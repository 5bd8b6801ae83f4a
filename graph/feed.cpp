#include <gradus/feed.h>

#include <fmt/format.h>

#include <gradus/error.h>

#include "core/check_number.h"
#include "core/throw_at.h"

namespace gradus {

Array Feed::scalar(const Tensor& placeholder, Number number, SourceLocation where) {
  if (!placeholder) throw_at<FeedError>(where, "run: a feed is for an empty Tensor");
  const DType dtype = placeholder.dtype();
  if (!number.fits(dtype))
    throw_at<FeedError>(where, "run: placeholder \"{}\" takes {} {}, fed is {}", placeholder.name(),
                        to_text(dtype), to_text(placeholder.shape()), to_text(number));
  return Array::full({}, number, dtype);
}

}  // namespace gradus
