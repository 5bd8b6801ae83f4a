// Grading of exercises: what is right, what is not yet, and a hint that is not the answer.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

#include <gradus/array.h>

namespace lesson {

struct Exercise {
  std::string name;
  std::string hint;
  // What is wrong; empty if nothing is. What it throws is wrong, too.
  std::function<std::string()> fault;
};

// Prints of each exercise whether it is right. Exit code: 0 if all are, 1 if one is not yet, 2 for
// a wrong option.
int grade(int argc, char** argv, const std::vector<Exercise>& exercises);

// "of X: the shape is [2], not [2, 3]", or which values there are and which there should be; empty
// if no element is further off than the tolerance. NaN differs from everything.
std::string difference(const std::string& of, const gradus::Array& got, const gradus::Array& wanted,
                       double tolerance = 1e-5);
std::string difference(const std::string& of, double got, double wanted, double tolerance = 1e-5);

// The first that is not empty.
std::string first_fault(std::initializer_list<std::string> faults);

}  // namespace lesson
