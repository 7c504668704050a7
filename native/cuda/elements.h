// Operations on elements, whatever matrix they lie in. Packed matrices are one long row, so that no thread divides.
#pragma once
#include "core/tensor.h"
#include "cuda/rows.h"

namespace adapter_lab::gpu {

/** A packed matrix as one row. */
inline Tensor flat(Tensor x) { return x.reshaped(1, x.count()); }

struct Place {
  int64_t row;
  int64_t col;
};

/** Of an element of a matrix, counted along its rows. */
__device__ __forceinline__ Place place_of(int64_t index, int64_t rows, int64_t cols) {
  if (rows == 1) return {0, index};
  return {index / cols, index % cols};
}

/** Launches `kernel` with a thread for each of `count` elements. */
template <class... Parameters, class... Arguments>
void launch_elements(const char* name, void (*kernel)(Parameters...), int64_t count, Arguments... arguments) {
  launch(name, kernel, blocks_of(count, kElementThreads), kElementThreads, 0, arguments...);
}

}  // namespace adapter_lab::gpu
