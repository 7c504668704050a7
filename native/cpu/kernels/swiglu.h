// silu(gate) up, silu(x) = x / (1 + exp(-x)).
#pragma once
#include "cpu/kernels/exponential.h"

namespace adapter_lab::ADAPTER_LAB_LEVEL {

static void swiglu(float* y, const float* gate, const float* up, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) y[i] = gate[i] / (1.0f + exponential(-gate[i])) * up[i];
}

static void swiglu_backward(float* dgate, float* dup, const float* dy, const float* gate, const float* up, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) {
    const float g = gate[i];
    const float u = up[i];
    const float d = dy[i];
    const float sigmoid = 1.0f / (1.0f + exponential(-g));
    dgate[i] = d * u * sigmoid * (1.0f + g * (1.0f - sigmoid));
    dup[i] = d * g * sigmoid;
  }
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
