// The pieces of a softmax over one row. Sums are kept in double by blocks: over a vocabulary of 49,152 a plain f32 sum
// is off by more than 1e-6.
#pragma once
#include "cpu/kernels/exponential.h"
#include "cpu/kernels/vector.h"

namespace adapter_lab::ADAPTER_LAB_LEVEL {

constexpr int64_t kSumBlock = 256;

static float row_max(const float* x, int64_t n) {
  float most = -__builtin_inff();
  int64_t i = 0;
  if (n >= kLanes) {
    Vector lanes = load(x);
    for (i = kLanes; i + kLanes <= n; i += kLanes) {
      const Vector next = load(x + i);
      lanes = next > lanes ? next : lanes;
    }
    for (int lane = 0; lane < kLanes; ++lane) most = lanes[lane] > most ? lanes[lane] : most;
  }
  for (; i < n; ++i) most = x[i] > most ? x[i] : most;
  return most;
}

static double exp_row(float* y, const float* x, float scale, float offset, int64_t n) {
  double total = 0.0;
  for (int64_t first = 0; first < n; first += kSumBlock) {
    const int64_t end = n - first < kSumBlock ? n : first + kSumBlock;
    float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = first; i < end; ++i) {
      const float e = exponential(x[i] * scale - offset);
      y[i] = e;
      sum += e;
    }
    total += static_cast<double>(sum);
  }
  return total;
}

static double exp_sum(const float* x, float offset, int64_t n) {
  double total = 0.0;
  for (int64_t first = 0; first < n; first += kSumBlock) {
    const int64_t end = n - first < kSumBlock ? n : first + kSumBlock;
    float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = first; i < end; ++i) sum += exponential(x[i] - offset);
    total += static_cast<double>(sum);
  }
  return total;
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
