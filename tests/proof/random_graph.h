// Typed random graphs of the ops that have a proof, computed by a session that interprets them, by
// others without passes, with all of them and with all but each one, and by an interpreter made of
// the oracles. That knows no graph, no kernels and no gradients: it differentiates by differences,
// in long double.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proof/program.h"
#include "proof/report.h"

namespace gradus::proof {

// The shapes that sources are drawn from.
inline const std::vector<Shape> usual_shapes{{},     {3},    {2, 3},    {2, 3}, {3, 2},
                                             {2, 1}, {1, 3}, {2, 2, 3}, {4},    {3, 3}};
inline const std::vector<Shape> odd_shapes{
    {}, {0}, {1}, {1, 1}, {2, 0}, {0, 3}, {5}, {2, 1, 2, 1, 3}, {1, 2, 1, 2, 2}, {1, 3, 3, 2}};

Program random_program(std::uint64_t seed, const std::vector<Shape>& shapes = usual_shapes);

// What is wrong with its values or gradients; nothing if all is well. `gradients` counts those
// compared.
std::optional<std::string> fault_of(const Program& program, std::int64_t* gradients = nullptr);

// The same of values alone in float32, if the ops can be called so.
std::optional<Program> in_float32(Program program);
std::optional<std::string> float32_fault_of(const Program& program);

// The smallest program found that is still wrong, by cutting off steps and by putting a source in
// the place of a step.
Program shrunk(Program program);

// Graphs of the seeds first .. first + count - 1, shrunk where one is wrong.
Report check_random_graphs(std::uint64_t first, std::int64_t count);

// Half the sum of all squares, so that each element has an upstream gradient of its own.
Tensor loss_of(const Tensors& tensors);

}  // namespace gradus::proof
