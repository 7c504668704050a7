// AdamW's scalars, combined once a step in double as torch combines them: every backend steps by the same numbers.
#pragma once
#include "core/adamw_step.h"
#include "ops/ops.h"

namespace adapter_lab {

/** With the learning rate multiplied by `factor`. */
AdamWStep step_of(const AdamW& options, float factor);

}  // namespace adapter_lab
