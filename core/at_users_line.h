// Errors of what reads or writes files, as the user gets them.
#pragma once

#include <filesystem>
#include <new>
#include <string_view>

#include "core/throw_at.h"

namespace gradus {

// Does `action`; what it throws names the user's line besides, and is an error of Gradus where it
// was one of the standard library.
template <class Action>
decltype(auto) at_users_line(SourceLocation where, std::string_view function, Action action) {
  try {
    return action();
  } catch (const DataError& error) {
    throw DataError(at_line(error.what(), where));
  } catch (const FileError& error) {
    throw FileError(at_line(error.what(), where));
  } catch (const MemoryError& error) {
    throw MemoryError(at_line(error.what(), where));
  } catch (const std::bad_alloc&) {
    throw_at<MemoryError>(where, "{}: there is not enough memory", function);
  } catch (const std::filesystem::filesystem_error& error) {
    throw_at<FileError>(where, "{}: {}: {}", function, error.path1().c_str(),
                        error.code().message());
  }
}

}  // namespace gradus
