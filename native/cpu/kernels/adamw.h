// AdamW in torch's order of operations: decay, moments (the first as a lerp), then the step.
#pragma once
#include "cpu/kernels/kernels.h"

namespace adapter_lab::ADAPTER_LAB_LEVEL {

static void adamw(float* parameter, float* moment1, float* moment2, const float* gradient, AdamWStep step, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) {
    const float g = gradient[i] * step.gradient_scale;
    const float m = moment1[i] + step.one_minus_beta1 * (g - moment1[i]);
    const float v = moment2[i] * step.beta2 + step.one_minus_beta2 * g * g;
    const float denominator = __builtin_sqrtf(v) / step.bias2_root + step.epsilon;
    moment1[i] = m;
    moment2[i] = v;
    parameter[i] = parameter[i] * step.decay - step.step_size * (m / denominator);
  }
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
