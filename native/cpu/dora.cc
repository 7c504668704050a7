// DoRA (arXiv 2402.09353): the norms of W + s B A without forming it, and the gradient of the magnitudes.
#include <cmath>
#include <vector>

#include "cpu/cpu_ops.h"

namespace adapter_lab {
namespace {

constexpr int64_t kGainRows = 384;
constexpr double kSmallestNorm = 1e-12;

/** b (A A^T) of some rows of b: (count, r). */
std::vector<float> times_gram(const Kernels& kernels, Tensor b, Tensor gram, int64_t first, int64_t count) {
  std::vector<float> product(static_cast<size_t>(count * b.cols));
  kernels.small_product({product.data(), b.cols, b.row(first), b.stride, 1, gram.f32(), gram.stride, count, b.cols,
                         b.cols, 1.0f, false});
  return product;
}

}  // namespace

void CpuOps::row_squares(Tensor squares, Tensor w) {
  for_rows(w.rows, w.cols, [&](int64_t row) {
    squares.f32()[row] = static_cast<float>(kernels_.sum_of_squares(wide_rows(w.slice(row, 1)).f32(), w.cols));
  });
}

void CpuOps::dora_gain(Tensor gain, Tensor norm, Tensor squares, Tensor wa, Tensor b, Tensor gram, Tensor magnitude,
                       float scale) {
  const int64_t r = b.cols;
  for_ranges(b.rows, kGainRows, [&](int64_t first, int64_t count) {
    const std::vector<float> b_gram = times_gram(kernels_, b, gram, first, count);
    for (int64_t i = 0; i < count; ++i) {
      const int64_t row = first + i;
      const double change =
          kernels_.dora_square_change(wa.row(row), b.row(row), b_gram.data() + i * r, static_cast<double>(scale), r);
      // Rounding may leave the square of a vanishing row just below zero.
      const double square = std::max(0.0, static_cast<double>(squares.f32()[row]) + change);
      norm.f32()[row] = static_cast<float>(std::max(kSmallestNorm, std::sqrt(square)));
      gain.f32()[row] = magnitude.f32()[row] / norm.f32()[row];
    }
  });
}

void CpuOps::are_large(uint8_t* are_large, std::span<const Tensor> xs, float least) {
  pool_.parallel_for(static_cast<int64_t>(xs.size()), [&](int64_t i) {
    const Tensor x = xs[static_cast<size_t>(i)];
    are_large[i] = std::all_of(x.f32(), x.f32() + x.count(), [&](float value) { return std::fabs(value) >= least; });
  });
}

void CpuOps::dora_backward(Tensor du, Tensor dmagnitude, Tensor dy, Tensor u, Tensor before, Tensor norm, Tensor gain) {
  const auto add = [&](int64_t col, float sum) { dmagnitude.f32()[col] += sum / norm.f32()[col]; };
  sum_columns(dy.rows, dy.cols, add, [&](float* sums, int64_t row, int64_t count) {
    kernels_.dora_backward({du.row(row), du.stride, sums, dy.row(row), dy.stride, u.row(row), u.stride,
                            before.empty() ? nullptr : before.row(row), before.stride, gain.f32(), count, dy.cols});
  });
}

void CpuOps::dora_norm_backward(Tensor db, Tensor kb, Tensor dmagnitude, Tensor gain, Tensor norm, Tensor wa, Tensor b,
                                Tensor gram, float scale) {
  const int64_t r = b.cols;
  for_ranges(b.rows, kGainRows, [&](int64_t first, int64_t count) {
    const std::vector<float> b_gram = times_gram(kernels_, b, gram, first, count);
    for (int64_t i = 0; i < count; ++i) {
      const int64_t row = first + i;
      const double n = norm.f32()[row];
      const bool is_clamped = n <= static_cast<double>(static_cast<float>(kSmallestNorm));
      const auto k =
          static_cast<float>(is_clamped ? 0.0 : -static_cast<double>(dmagnitude.f32()[row]) * gain.f32()[row] / n);
      for (int64_t c = 0; c < r; ++c) {
        kb.row(row)[c] = k * b.row(row)[c];
        db.row(row)[c] += scale * k * (wa.row(row)[c] + scale * b_gram[static_cast<size_t>(i * r + c)]);
      }
    }
  });
}

}  // namespace adapter_lab
