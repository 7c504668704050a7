// SplitMix64 (Steele, Lea, Flood 2014) keyed by seed and stream: the same numbers on every machine.
#pragma once
#include <cmath>
#include <cstdint>
#include <numbers>

namespace adapter_lab {

class Random {
 public:
  Random(uint64_t seed, uint64_t stream) : state_(mix(seed) ^ mix(stream + 0x632be59bd9b4e019ULL)) {}

  uint64_t next() { return mix(state_ += 0x9e3779b97f4a7c15ULL); }
  /** In [0, 1), 24 bits. */
  float next_float() { return static_cast<float>(next() >> 40) * 0x1p-24f; }
  /** In [0, 1), 53 bits. */
  double next_double() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  /** Normal, mean 0 and deviation 1 (Box and Muller 1958; the sine is not used). */
  double next_normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - next_double()));
    return radius * std::cos(2.0 * std::numbers::pi * next_double());
  }

 private:
  static uint64_t mix(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
  }
  uint64_t state_;
};

}  // namespace adapter_lab
