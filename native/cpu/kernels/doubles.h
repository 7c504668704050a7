// Vectors in double precision, for decompositions.
#pragma once
#include <stdint.h>

namespace adapter_lab::ADAPTER_LAB_LEVEL {

static double dot_doubles(const double* a, const double* b, int64_t n) {
  double sum = 0.0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

static void add_doubles(double* y, double factor, const double* x, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) y[i] += factor * x[i];
}

static void turn_doubles(double* a, double* b, double cosine, double sine, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) {
    const double x = a[i];
    a[i] = cosine * x - sine * b[i];
    b[i] = sine * x + cosine * b[i];
  }
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
