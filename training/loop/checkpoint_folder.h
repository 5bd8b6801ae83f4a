// CheckpointFolder: the checkpoints of one training.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gradus/checkpoint.h>
#include <gradus/fit.h>

namespace gradus {

class CheckpointFolder {
 public:
  // Makes the folder, takes it until this object ends, and removes what a process that was killed
  // left half written. GraphError for wrong options; FileError if it cannot be made, or another
  // training has it.
  CheckpointFolder(const CheckpointOptions& options, SourceLocation where);
  // Of the most steps; nothing if there is none. The errors of load_checkpoint(); where a file is
  // damaged, they tell what to do.
  std::optional<TrainingState> load_newest(Session& session);
  // And removes those that are not wanted any more.
  void save(Session& session, TrainingState state);

 private:
  class Lock {
   public:
    Lock() = default;
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    ~Lock();

    // False where somebody else has the folder.
    bool take(const std::filesystem::path& folder);

   private:
    int descriptor_ = -1;  // the system lets go of it when the process ends, however it ends
  };

  std::filesystem::path path_of(std::int64_t steps) const;
  std::vector<std::int64_t> steps_of_files() const;  // ascending

  CheckpointOptions options_;
  SourceLocation where_;
  Lock lock_;
};

}  // namespace gradus
