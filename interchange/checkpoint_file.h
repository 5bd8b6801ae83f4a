// A checkpoint that was read, before any of it is used.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gradus/checkpoint.h>
#include <gradus/safetensors.h>

namespace gradus {

class CheckpointFile {
 public:
  // Reads all of it and compares the checksums. FileError, DataError.
  CheckpointFile(const std::filesystem::path& path, SourceLocation where);

  const TrainingState& state() const { return state_; }
  // What load_checkpoint() does with a file that is whole, once: the session takes the values.
  void restore(Session& session, const std::map<std::string, std::string>& options,
               SourceLocation where);

 private:
  std::filesystem::path path_;
  SafetensorsFile file_;
  TrainingState state_;
  RandomState random_;
  std::map<std::string, Array> values_;
};

}  // namespace gradus
