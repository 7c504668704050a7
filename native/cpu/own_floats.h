// Memory that a thread uses again and again, which begins with a line of the cache.
#pragma once
#include <cstdint>
#include <vector>

namespace adapter_lab {

class OwnFloats {
 public:
  /** At least `count` floats of undefined contents, until the next call. */
  float* take(int64_t count) {
    const auto lines = static_cast<size_t>(count / kLineFloats + 1);
    if (lines > lines_.size()) lines_.resize(lines);
    return lines_.front().floats;
  }

 private:
  static constexpr int64_t kLineFloats = 16;
  struct alignas(64) Line {
    float floats[kLineFloats];
  };
  std::vector<Line> lines_;
};

/** What the calling thread packs for tile units: at least `halves` of 16 bits, until it asks again. */
inline uint16_t* own_halves(int64_t halves) {
  thread_local OwnFloats memory;
  return reinterpret_cast<uint16_t*>(memory.take((halves + 1) / 2));
}

}  // namespace adapter_lab
