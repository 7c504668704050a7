// The maps of AdamW's 8-bit moments (core/dynamic_map.h) in the device's memory.
#pragma once
#include <array>

#include "core/buffer.h"
#include "cuda/array.h"

namespace adapter_lab::gpu {

struct MomentMap {
  Array<const float> values;     // of each code
  Array<const uint8_t> nearest;  // the code of -1 + 2 i / 65535
};

class MomentMaps {
 public:
  explicit MomentMaps(Staging& staging) : staging_(staging) {}
  /** Brought up when it is first asked for. Throws Error("out-of-memory"). */
  MomentMap get(bool has_signs);

 private:
  Staging& staging_;
  std::array<Buffer, 2> memory_;
};

}  // namespace adapter_lab::gpu
