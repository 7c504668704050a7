#include "core/dynamic_map.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace adapter_lab {
namespace {

/** torch.linspace(0.1, 1, count) in f32: from both ends to the middle, each rounded once. */
std::vector<float> boundaries(int count) {
  const float step = (1.0f - 0.1f) / static_cast<float>(count - 1);
  std::vector<float> all;
  for (int i = 0; i < count; ++i)
    all.push_back(i < count / 2 ? std::fma(step, static_cast<float>(i), 0.1f)
                                : std::fma(-step, static_cast<float>(count - 1 - i), 1.0f));
  return all;
}

}  // namespace

DynamicMap::DynamicMap(bool has_signs) {
  constexpr int kExponents = 7;
  std::vector<float> all{0.0f, 1.0f};
  for (int exponent = 0; exponent < kExponents; ++exponent) {
    const auto power = static_cast<float>(std::pow(10.0, exponent - (kExponents - 1)));
    const std::vector<float> edges = boundaries((1 << (has_signs ? exponent : exponent + 1)) + 1);
    for (size_t i = 0; i + 1 < edges.size(); ++i) {
      const float value = power * ((edges[i] + edges[i + 1]) / 2.0f);
      all.push_back(value);
      if (has_signs) all.push_back(-value);
    }
  }
  std::sort(all.begin(), all.end());
  std::copy(all.begin(), all.end(), values.begin());
}

const DynamicMap& dynamic_map(bool has_signs) {
  static const DynamicMap with_signs(true);
  static const DynamicMap without_signs(false);
  return has_signs ? with_signs : without_signs;
}

}  // namespace adapter_lab
