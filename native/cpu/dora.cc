// DoRA (arXiv 2402.09353): the norms of W + s B A without forming it, and the gradient of the magnitudes.
#include <cmath>
#include <vector>

#include "cpu/cpu_ops.h"

namespace adapter_lab {

void CpuOps::row_squares(Tensor squares, Tensor w) {
  for_rows(w.rows, w.cols,
           [&](int64_t row) { squares.f32()[row] = static_cast<float>(kernels_.sum_of_squares(w.row(row), w.cols)); });
}

void CpuOps::dora_gain(Tensor gain, Tensor norm, Tensor squares, Tensor wa, Tensor b, Tensor gram, Tensor magnitude,
                       float scale) {
  const int64_t r = b.cols;
  const int64_t chunk = std::max<int64_t>(1, kChunkFloats / (r * r + 1));
  for_ranges(b.rows, chunk, [&](int64_t first, int64_t count) {
    std::vector<float> scratch(static_cast<size_t>(r));
    for (int64_t row = first; row < first + count; ++row) {
      const double change = kernels_.dora_square_change(wa.row(row), b.row(row), gram.f32(), gram.stride,
                                                        static_cast<double>(scale), scratch.data(), r);
      // Rounding may leave the square of a vanishing row just below zero.
      const double square = std::max(0.0, static_cast<double>(squares.f32()[row]) + change);
      norm.f32()[row] = static_cast<float>(std::max(1e-12, std::sqrt(square)));
      gain.f32()[row] = magnitude.f32()[row] / norm.f32()[row];
    }
  });
}

void CpuOps::dora_magnitude_backward(Tensor dmagnitude, Tensor dy, Tensor u, Tensor norm) {
  for_ranges(dy.cols, kColumnChunk, [&](int64_t first, int64_t count) {
    float sums[kColumnChunk] = {};
    kernels_.column_products(sums, dy.f32() + first, dy.stride, u.f32() + first, u.stride, nullptr, dy.rows, count);
    for (int64_t c = 0; c < count; ++c) dmagnitude.f32()[first + c] += sums[c] / norm.f32()[first + c];
  });
}

}  // namespace adapter_lab
