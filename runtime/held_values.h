// HeldValues: what variables hold, where it lies, for writers of files that need no copy.
#pragma once

#include <gradus/array.h>
#include <gradus/session.h>
#include <gradus/tensor.h>

namespace gradus {

// As long as it lives, the session neither runs nor changes a variable: its own functions refuse.
class HeldValues {
 public:
  // FeedError if a run has not ended.
  HeldValues(Session& session, SourceLocation where);
  HeldValues(const HeldValues&) = delete;
  HeldValues& operator=(const HeldValues&) = delete;
  ~HeldValues();

  // As Session::value(), but in the memory of the variable: no copy of the Array may outlive this.
  const Array& value(const Variable& variable) const;

 private:
  Session::Impl& session_;
  SourceLocation where_;
};

}  // namespace gradus
