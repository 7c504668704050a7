// silu(gate) up, silu(x) = x / (1 + exp(-x)).
#pragma once
#include "cpu/kernels/exponential.h"

namespace adapter_lab::ADAPTER_LAB_LEVEL {

/** 1 / (1 + exp(-x)); 0 below -87, where exp is not defined. */
__attribute__((always_inline)) static inline float sigmoid(float x) {
  const float y = 1.0f / (1.0f + exponential(-x));
  return x < -87.0f ? 0.0f : y;
}

static void swiglu(float* y, const float* gate, const float* up, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) y[i] = gate[i] * sigmoid(gate[i]) * up[i];
}

static void swiglu_backward(float* dgate, float* dup, const float* dy, const float* gate, const float* up, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) {
    const float g = gate[i];
    const float u = up[i];
    const float d = dy[i];
    const float s = sigmoid(g);
    dgate[i] = d * u * s * (1.0f + g * (1.0f - s));
    dup[i] = d * g * s;
  }
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
