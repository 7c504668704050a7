// Whether dropout keeps an element is a hash of its index, so the backward pass needs no mask. The hash is two rounds
// of the 32-bit mixer of Wellons' "lowbias32", with a key before each; keys come from SplitMix64's finisher. Every user
// (row kernels of an instruction set, device code) has copies of its own: backends keep the same elements, bit for bit.
#pragma once
#include <stdint.h>

namespace adapter_lab {

/** What the hash needs for one run of elements: keys from (seed, stream), the first element's index. */
struct DropoutRun {
  uint32_t key0;
  uint32_t key1;
  uint32_t first;
  uint32_t threshold;  // of 2^31: an element whose 31-bit hash lies below is dropped
  float scale;         // 1 / (1 - p)
};

/** x is a number or a vector of them; by reference, since vectors of any length are not passed by value. */
template <class Bits>
__attribute__((always_inline)) static inline constexpr void mix_dropout(Bits& x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  x ^= x >> 16;
}

/** An index becomes its 31 bits. */
template <class Bits>
__attribute__((always_inline)) static inline constexpr void hash_dropout(const DropoutRun& run, Bits& index) {
  index ^= run.key0;
  mix_dropout(index);
  index += run.key1;
  mix_dropout(index);
  index >>= 1;
}

/** The scale of a kept element, 0 of a dropped one. */
__attribute__((always_inline)) static inline constexpr float dropout_factor(const DropoutRun& run, uint32_t index) {
  hash_dropout(run, index);
  return static_cast<int32_t>(index) < static_cast<int32_t>(run.threshold) ? 0.0f : run.scale;
}

}  // namespace adapter_lab
