#include "grade.h"

#include <cmath>
#include <exception>
#include <filesystem>
#include <string_view>

#include <fmt/format.h>

#include "../program.h"

namespace lesson {
namespace {

std::string fault_of(const Exercise& exercise) {
  try {
    return exercise.fault();
  } catch (const std::exception& error) {
    const std::string_view text = error.what();
    return std::string(text.substr(0, text.find('\n')));
  }
}

bool is_near(double got, double wanted, double tolerance) {
  return got == wanted || std::abs(got - wanted) <= tolerance;
}

}  // namespace

std::string difference(const std::string& of, const gradus::Array& got, const gradus::Array& wanted,
                       double tolerance) {
  if (got.shape() != wanted.shape())
    return fmt::format("{}: the shape is {}, not {}", of, gradus::to_text(got.shape()),
                       gradus::to_text(wanted.shape()));
  const gradus::Array one = got.cast(gradus::float64), other = wanted.cast(gradus::float64);
  const auto values = one.values<double>(), others = other.values<double>();
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!is_near(values[i], others[i], tolerance))
      return fmt::format("{}: it is {}, not {}", of, gradus::to_text(got, 4),
                         gradus::to_text(wanted, 4));
  return "";
}

std::string difference(const std::string& of, double got, double wanted, double tolerance) {
  if (is_near(got, wanted, tolerance)) return "";
  return fmt::format("{}: it is {:.6g}, not {:.6g}", of, got, wanted);
}

std::string first_fault(std::initializer_list<std::string> faults) {
  for (const std::string& fault : faults)
    if (!fault.empty()) return fault;
  return "";
}

int grade(int argc, char** argv, const std::vector<Exercise>& exercises) {
  const std::string name = std::filesystem::path(argc > 0 ? argv[0] : "exercises").filename();
  example::Program program(name, "Says of each exercise of a lesson whether it is right.");
  return program.run(argc, argv, [&exercises] {
    std::size_t right = 0;
    for (const Exercise& exercise : exercises) {
      const std::string fault = fault_of(exercise);
      if (fault.empty()) ++right;
      fmt::print("{:<22} {}\n", exercise.name, fault.empty() ? "right" : "not yet");
      if (!fault.empty()) fmt::print("    {}\n    Hint: {}\n", fault, exercise.hint);
    }
    fmt::print("\n{} of {} right\n", right, exercises.size());
    return right == exercises.size() ? 0 : 1;
  });
}

}  // namespace lesson
