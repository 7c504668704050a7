// RMSNorm of one row (arXiv 1910.07467).
#pragma once
#include <stdint.h>

namespace adapter_lab::ADAPTER_LAB_LEVEL {

static float rmsnorm(float* y, const float* x, const float* weight, float epsilon, int64_t n) {
  float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; ++i) sum += x[i] * x[i];
  const float rstd = 1.0f / __builtin_sqrtf(sum / static_cast<float>(n) + epsilon);
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) y[i] = x[i] * rstd * weight[i];
  return rstd;
}

/** With g = dy weight: dx += rstd (g - x rstd^2 mean(g x)). */
static void rmsnorm_backward(float* dx, const float* dy, const float* x, const float* weight, float rstd, int64_t n) {
  float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; ++i) sum += dy[i] * weight[i] * x[i];
  const float along = sum / static_cast<float>(n) * rstd * rstd;
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) dx[i] += rstd * (dy[i] * weight[i] - x[i] * along);
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
