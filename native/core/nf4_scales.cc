#include "core/nf4_scales.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "core/nf4.h"

namespace adapter_lab {
namespace {

// torch's sum of one row on one thread: Rows rows of Lanes lanes are summed apart,
// in levels so that rounding stays small.
template <int Lanes>
using Partial = std::array<float, 4 * Lanes>;

template <int Lanes>
void add_to(Partial<Lanes>& sum, const float* x) {
  for (size_t i = 0; i < sum.size(); ++i) sum[i] += x[i];
}

template <int Lanes>
Partial<Lanes> cascade_sum(const float* x, int64_t count) {
  const int64_t power =
      std::max<int64_t>(4, (count > 1 ? std::bit_width(static_cast<uint64_t>(count - 1)) : 0) / 4);
  const int64_t step = int64_t{1} << power;
  std::array<Partial<Lanes>, 4> levels{};
  int64_t i = 0;
  while (i + step <= count) {
    for (int64_t j = 0; j < step; ++j, ++i) add_to<Lanes>(levels[0], x + i * 4 * Lanes);
    for (size_t level = 1; level < levels.size(); ++level) {
      add_to<Lanes>(levels[level], levels[level - 1].data());
      levels[level - 1] = {};
      if (i & ((step - 1) << (static_cast<int64_t>(level) * power))) break;
    }
  }
  for (; i < count; ++i) add_to<Lanes>(levels[0], x + i * 4 * Lanes);
  for (size_t level = 1; level < levels.size(); ++level) add_to<Lanes>(levels[0], levels[level].data());
  return levels[0];
}

template <int Lanes>
float torch_sum(std::span<const float> x) {
  const auto vectors = static_cast<int64_t>(x.size()) / Lanes;
  Partial<Lanes> partial = cascade_sum<Lanes>(x.data(), vectors / 4);
  for (int64_t vector = vectors / 4 * 4; vector < vectors; ++vector)
    for (int lane = 0; lane < Lanes; ++lane) partial[lane] += x[static_cast<size_t>(vector * Lanes + lane)];
  for (int row = 1; row < 4; ++row)
    for (int lane = 0; lane < Lanes; ++lane) partial[lane] += partial[row * Lanes + lane];
  float sum = 0.0f;
  for (size_t i = static_cast<size_t>(vectors * Lanes); i < x.size(); ++i) sum += x[i];
  for (int lane = 0; lane < Lanes; ++lane) sum += partial[lane];
  return sum;
}

float torch_mean(std::span<const float> x) {
  return (x.size() < 8 ? torch_sum<1>(x) : torch_sum<8>(x)) / static_cast<float>(x.size());
}

/** bitsandbytes' CPU functions look the code up in a table over [-1, 1]: its code is the value nearest to the entry's
 *  middle, so a number within 1 / 65535 of a border may take the neighbour. Its CUDA kernels search exactly. */
class Lookup {
 public:
  Lookup() : codes_(kEntries) {
    const std::vector<float> map = dynamic_map();
    size_t code = 0;
    for (size_t i = 0; i < codes_.size(); ++i) {
      const float value = -1.0f + 2.0f * static_cast<float>(i) / static_cast<float>(kEntries - 1);
      while (code + 1 < map.size() && 0.5f * (map[code] + map[code + 1]) < value) ++code;
      codes_[i] = static_cast<uint8_t>(code);
    }
  }
  uint8_t code(float x) const {
    const float place = (std::clamp(x, -1.0f, 1.0f) + 1.0f) * 0.5f * static_cast<float>(kEntries - 1) + 0.5f;
    return codes_[static_cast<size_t>(place)];
  }

 private:
  static constexpr size_t kEntries = 65536;
  std::vector<uint8_t> codes_;
};

}  // namespace

std::vector<float> dynamic_map() {
  std::vector<float> map{0.0f, 1.0f};
  for (int exponent = 0; exponent < 7; ++exponent) {
    // Means of neighbours of linspace(0.1, 1, items + 1), torch's, which counts from the nearer end and rounds once.
    const int items = 1 << exponent;
    const auto factor = static_cast<float>(std::pow(10.0, exponent - 6));
    const float step = (1.0f - 0.1f) / static_cast<float>(items);
    const auto boundary = [&](int i) {
      return i < (items + 1) / 2 ? std::fma(step, static_cast<float>(i), 0.1f)
                                 : std::fma(-step, static_cast<float>(items - i), 1.0f);
    };
    for (int i = 0; i < items; ++i) {
      const float value = factor * ((boundary(i) + boundary(i + 1)) / 2.0f);
      map.push_back(value);
      map.push_back(-value);
    }
  }
  std::sort(map.begin(), map.end());
  return map;
}

Nf4Scales quantize_scales(std::span<const float> absmax) {
  static const Lookup lookup;
  Nf4Scales scales{std::vector<uint8_t>(absmax.size()), {}, torch_mean(absmax)};
  std::vector<float> centred(absmax.begin(), absmax.end());
  for (float& value : centred) value -= scales.offset;
  for (size_t first = 0; first < centred.size(); first += kScalesBlock) {
    const std::span block = std::span(centred).subspan(first, std::min<size_t>(kScalesBlock, centred.size() - first));
    float largest = 0.0f;
    for (const float value : block) largest = std::max(largest, std::fabs(value));
    scales.absmax.push_back(largest);
    if (largest == 0.0f) continue;
    const float inverse = 1.0f / largest;
    for (size_t i = 0; i < block.size(); ++i) scales.codes[first + i] = lookup.code(block[i] * inverse);
  }
  return scales;
}

}  // namespace adapter_lab
