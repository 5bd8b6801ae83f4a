// Every error that Gradus throws. The first line of what() is enough to understand it; the lines
// below say where the user's code made the node, and what its operands were.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include <gradus/source_location.h>

namespace gradus {

struct FailedCall;

struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
  // The call of an op that was refused (<gradus/failed_call.h>), for those who draw it; null for
  // all other errors.
  std::shared_ptr<const FailedCall> failed_call = nullptr;
};

struct ShapeError : Error {
  using Error::Error;
};  // shapes that do not fit
struct DTypeError : Error {
  using Error::Error;
};  // element types that do not fit
struct GraphError : Error {
  using Error::Error;
};  // a wrong argument or handle while a graph is built
struct FeedError : Error {
  using Error::Error;
};  // a wrong feed or fetch of a run
struct DataError : Error {
  using Error::Error;
};  // contents of data: files, batches, values
struct NumericsError : DataError {
  using DataError::DataError;
};  // values of a run that are NaN or infinite
struct FileError : Error {
  using Error::Error;
};  // a file that cannot be opened, read or written
struct MemoryError : Error {
  using Error::Error;
};  // more memory than the machine or the budget has
struct InternalError : Error {
  using Error::Error;
};  // a fault of Gradus itself: please report it

// "<text>\n  at  my_model.cpp:41", or the text alone where no line is known.
std::string at_line(std::string text, SourceLocation where);

}  // namespace gradus
