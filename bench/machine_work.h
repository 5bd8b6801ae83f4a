// How much one thread of `machine` does in one step.
#pragma once

namespace bench {

constexpr double machine_flops = 2e9;
constexpr double machine_bytes = 192e6;  // no cache holds it

}  // namespace bench
