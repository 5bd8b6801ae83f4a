// How many zeros stand around an image before a window moves over it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace gradus {

class Padding {
 public:
  // valid: none. same: as many as give ceil(size / stride) results; of an odd number one more
  // stands at the end (TensorFlow's definition).
  enum Kind { valid, same };

  Padding(Kind kind) : name_(kind == valid ? "valid" : "same") {}
  // Above, below, left and right of the image.
  Padding(std::initializer_list<std::int64_t> pads) : name_("explicit"), pads_(pads) {}
  Padding(std::vector<std::int64_t> pads) : name_("explicit"), pads_(std::move(pads)) {}

  const std::string& name() const { return name_; }
  const std::vector<std::int64_t>& pads() const { return pads_; }

 private:
  std::string name_;
  std::vector<std::int64_t> pads_;
};

}  // namespace gradus
