// Division that rounds up: how many parts of a size cover a whole.
#pragma once
#include <cstdint>

namespace adapter_lab {

/** a and b are not negative, b is not 0. */
constexpr int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

}  // namespace adapter_lab
