// AdamW in torch's order of operations: decay, moments (the first as a lerp), then the step.
#pragma once
#include <cmath>

#include "core/adamw_step.h"
#include "cuda/gpu.h"

namespace adapter_lab::gpu {

/** What tensors of their own learning rates differ in. */
struct OwnScalars {
  float decay;
  float step_size;

  __device__ __forceinline__ void put_into(AdamWStep& step) const {
    step.decay = decay;
    step.step_size = step_size;
  }
};
inline OwnScalars own_scalars(const AdamWStep& step) { return {step.decay, step.step_size}; }

/** The new parameter; moments are updated. */
__device__ __forceinline__ float adamw_step(float parameter, float& moment1, float& moment2, float gradient,
                                            const AdamWStep& step) {
  const float g = gradient * step.gradient_scale;
  moment1 = moment1 + step.one_minus_beta1 * (g - moment1);
  moment2 = moment2 * step.beta2 + step.one_minus_beta2 * g * g;
  const float denominator = sqrtf(moment2) / step.bias2_root + step.epsilon;
  return parameter * step.decay - step.step_size * (moment1 / denominator);
}

}  // namespace adapter_lab::gpu
