// All that is measured, in the order of the page: one subject per kind of work.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "experiment.h"

namespace bench {

// A table of the page: contestants by experiments.
struct Column {
  std::string label, experiment = {};
  double scale = 1;       // of the seconds of a step
  std::string unit = {};  // after scaling
  std::string over = {};  // each cell's ratio is to this contestant
  double over_scale = 1;
};
struct Table {
  std::string title = {};
  std::vector<Column> columns = {};
};

struct Subject {
  std::string name = {};  // for --only
  std::string title = {};
  std::string text = {};  // what is measured
  std::vector<Experiment> experiments = {};
  std::vector<Table> tables = {};
  std::vector<Goal> goals = {};
};

struct Plan {
  std::filesystem::path programs = {};  // the folder of the built ones
  std::filesystem::path sources = {};   // the folder of the Python ones
  std::filesystem::path drawn = {};     // where digits are written
  std::string mnist = {};               // the folder of MNIST, or empty
  std::vector<int> threads{1, 2};
  bool is_quick = false;
  bool has_peers = true;
};

std::vector<Subject> subjects(const Plan& plan);

}  // namespace bench
