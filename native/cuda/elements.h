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

/** y is set to x, whatever the types of both, as by Ops::copy. */
void copy_elements(Tensor y, Tensor x);

/** Matrices as one row each, if all are packed. */
template <class... Tensors>
void flatten(Tensors&... all) {
  if ((all.contiguous() && ...)) ((all = flat(all)), ...);
}

/** Launches `kernel` with a thread for each four elements of rows of y. */
template <class... Parameters, class... Arguments>
void launch_quads(const char* name, void (*kernel)(Parameters...), Tensor y, Arguments... arguments) {
  launch_elements(name, kernel, y.rows * ceil_div(y.cols, 4), arguments...);
}

/** body(row, col) for the thread's four elements, which begin there. */
template <class Body>
__device__ __forceinline__ void for_own_quad(int64_t rows, int64_t cols, Body&& body) {
  const int64_t quads = (cols + 3) / 4;
  const int64_t index = element_index();
  if (index >= rows * quads) return;
  const Place place = place_of(index, rows, quads);
  body(place.row, 4 * place.col);
}

}  // namespace adapter_lab::gpu
