// The optimizer: AdamW's step, and the sum of squares that clipping needs.
#include <cmath>
#include <numeric>
#include <vector>

#include "cpu/cpu_ops.h"

namespace adapter_lab {

double CpuOps::sum_of_squares(Tensor x) {
  const bool flat = x.contiguous();
  const int64_t rows = flat ? (x.count() + kChunkFloats - 1) / kChunkFloats : x.rows;
  std::vector<double> parts(static_cast<size_t>(rows));
  if (flat)
    for_ranges(x.count(), kChunkFloats, [&](int64_t first, int64_t count) {
      parts[static_cast<size_t>(first / kChunkFloats)] = kernels_.sum_of_squares(x.f32() + first, count);
    });
  else
    for_rows(rows, x.cols,
             [&](int64_t row) { parts[static_cast<size_t>(row)] = kernels_.sum_of_squares(x.row(row), x.cols); });
  return std::accumulate(parts.begin(), parts.end(), 0.0);
}

AdamWStep CpuOps::scalars_of(const AdamW& options) {
  const double beta1 = static_cast<double>(options.beta1);
  const double beta2 = static_cast<double>(options.beta2);
  const double rate = static_cast<double>(options.learning_rate);
  const double step = static_cast<double>(options.step);
  return {
      .decay = static_cast<float>(1.0 - rate * static_cast<double>(options.weight_decay)),
      .one_minus_beta1 = static_cast<float>(1.0 - beta1),
      .beta2 = options.beta2,
      .one_minus_beta2 = static_cast<float>(1.0 - beta2),
      .bias2_root = static_cast<float>(std::sqrt(1.0 - std::pow(beta2, step))),
      .epsilon = options.epsilon,
      .step_size = static_cast<float>(rate / (1.0 - std::pow(beta1, step))),
      .gradient_scale = options.gradient_scale,
  };
}

void CpuOps::adamw(Tensor parameter, Tensor moment1, Tensor moment2, Tensor gradient, AdamW options) {
  const AdamWStep scalars = scalars_of(options);
  for_ranges(parameter.count(), kChunkFloats, [&](int64_t first, int64_t count) {
    kernels_.adamw(parameter.f32() + first, moment1.f32() + first, moment2.f32() + first, gradient.f32() + first,
                   scalars, count);
  });
}

}  // namespace adapter_lab
