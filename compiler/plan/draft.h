// Draft: a program with all that the compiler decides about it, before it becomes a plan.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "compiler/program/program.h"
#include "compiler/schedule/schedule.h"
#include "compiler/schedule/stages.h"

namespace gradus {

struct Draft {
  Program program;
  Schedule schedule;
  Stages stages;

  // Where the elements of a storage lie during a run.
  enum class Home : std::uint8_t {
    loop,      // nowhere: a loop passes them on from tile to tile
    arena,     // at an offset
    variable,  // in the variable that is assigned this value, without a copy
    result,    // in the array that the user gets
    source,    // a feed, a variable, a constant
  };
  struct Place {
    Home home : 8 = Home::loop;
    // The last reader of what a loop passes on; the offset in the arena; the number of the result;
    // the variable.
    std::size_t at : 56 = 0;

    Place() = default;
    Place(Home where, std::size_t number) : home(where), at(number & ~std::size_t{0} >> 8) {}
    NodeId node() const { return NodeId{static_cast<std::int32_t>(at)}; }
  };
  static_assert(sizeof(Place) == 8);
  std::vector<Place> places;  // by node
  std::size_t arena_bytes = 0;

  const Place& place(NodeId id) const { return places[index(schedule.storage(id))]; }
};

}  // namespace gradus
