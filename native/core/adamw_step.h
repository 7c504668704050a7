// Plain numbers of AdamW's step, also for the row kernels.
#pragma once
#include <stdint.h>

namespace adapter_lab {

/** AdamW's scalars, already combined as torch combines them. */
struct AdamWStep {
  float decay;  // 1 - learning rate * weight decay
  float one_minus_beta1;
  float beta2;
  float one_minus_beta2;
  float bias2_root;  // sqrt(1 - beta2^step)
  float epsilon;
  float step_size;  // learning rate / (1 - beta1^step)
  float gradient_scale;
};

}  // namespace adapter_lab
