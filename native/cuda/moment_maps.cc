#include "cuda/moment_maps.h"

#include <algorithm>
#include <vector>

#include "core/dynamic_map.h"
#include "cuda/device_memory.h"

namespace adapter_lab::gpu {
namespace {

constexpr size_t kPlaces = 65536;

/** The code of -1 + 2 i / 65535: the nearest value, the lower of two equally near. */
std::vector<uint8_t> nearest_codes(const DynamicMap& map) {
  constexpr float kStep = 2.0f / 65535.0f;
  const auto& values = map.values;
  std::vector<uint8_t> nearest(kPlaces);
  for (size_t i = 0; i < kPlaces; ++i) {
    const float x = static_cast<float>(i) * kStep - 1.0f;
    const auto above = std::clamp<int64_t>(std::lower_bound(values.begin(), values.end(), x) - values.begin(), 1, 255);
    const float to_lower = x - values[static_cast<size_t>(above - 1)];
    const float to_upper = values[static_cast<size_t>(above)] - x;
    nearest[i] = static_cast<uint8_t>(to_lower <= to_upper ? above - 1 : above);
  }
  return nearest;
}

}  // namespace

MomentMap MomentMaps::get(bool has_signs) {
  constexpr size_t kValuesBytes = sizeof(DynamicMap::values);
  constexpr size_t kBytes = kValuesBytes + kPlaces;
  Buffer& memory = memory_[has_signs ? 1 : 0];
  const DynamicMap& map = dynamic_map(has_signs);
  if (!memory) {
    memory = take_buffer(kBytes, "the maps of 8-bit moments");
    staging_.send(memory.data(), map.values.data(), kValuesBytes);
    staging_.send(static_cast<char*>(memory.data()) + kValuesBytes, nearest_codes(map).data(), kPlaces);
  }
  const auto* values = static_cast<const float*>(memory.data());
  const auto* nearest = static_cast<const uint8_t*>(memory.data()) + kValuesBytes;
  return {{values, static_cast<int64_t>(map.values.size())}, {nearest, static_cast<int64_t>(kPlaces)}};
}

}  // namespace adapter_lab::gpu
