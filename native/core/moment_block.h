// Plain constants of AdamW's 8-bit moments, also for the row kernels.
#pragma once
#include <stdint.h>

namespace adapter_lab {

/** Values that share a scale, as in bitsandbytes. */
constexpr int64_t kMomentBlock = 256;

}  // namespace adapter_lab
