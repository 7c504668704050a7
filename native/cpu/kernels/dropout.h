// Dropout of one run of elements; which are kept core/dropout_hash.h says.
#pragma once
#include "cpu/kernels/kernels.h"

namespace adapter_lab::ADAPTER_LAB_LEVEL {

static void dropout(float* y, const float* x, DropoutRun run, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) {
    const float factor = dropout_factor(run, run.first + static_cast<uint32_t>(i));
    y[i] = factor == 0.0f ? 0.0f : x[i] * factor;
  }
}

static void dropout_add(float* y, const float* x, DropoutRun run, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) {
    const float factor = dropout_factor(run, run.first + static_cast<uint32_t>(i));
    y[i] += factor == 0.0f ? 0.0f : x[i] * factor;
  }
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
