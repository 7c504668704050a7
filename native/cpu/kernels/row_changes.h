// What a row's update does to its norm and direction, in double. 1 - cos is half the squared distance of the unit
// vectors: no cancellation for small changes.
#pragma once
#include <stdint.h>

namespace adapter_lab::ADAPTER_LAB_LEVEL {

static void row_norms(double* norm0, double* norm1, const float* w, const float* delta, int64_t n) {
  double sum0 = 0.0;
  double sum1 = 0.0;
#pragma omp simd reduction(+ : sum0, sum1)
  for (int64_t i = 0; i < n; ++i) {
    const double before = static_cast<double>(w[i]);
    const double after = before + static_cast<double>(delta[i]);
    sum0 += before * before;
    sum1 += after * after;
  }
  *norm0 = __builtin_sqrt(sum0);
  *norm1 = __builtin_sqrt(sum1);
}

static double direction_change(const float* w, const float* delta, double inverse0, double inverse1, int64_t n) {
  double sum = 0.0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; ++i) {
    const double before = static_cast<double>(w[i]);
    const double difference = (before + static_cast<double>(delta[i])) * inverse1 - before * inverse0;
    sum += difference * difference;
  }
  return 0.5 * sum;
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
