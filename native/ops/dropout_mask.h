// The keys of dropout's hash (core/dropout_hash.h), for every backend the same.
#pragma once
#include <algorithm>

#include "core/dropout_hash.h"
#include "ops/ops.h"

namespace adapter_lab {

/** The mask of one call: runs of elements that share the upper half of their index. */
class DropoutMask {
 public:
  explicit DropoutMask(Dropout dropout)
      : key_(mix(mix(dropout.seed) + 0x9e3779b97f4a7c15ULL * (dropout.stream + 1))),
        threshold_(static_cast<uint32_t>(static_cast<double>(dropout.probability) * 0x1p31)),
        scale_(1.0f / (1.0f - dropout.probability)) {}

  /** visit(where it begins, counted from `first` on, its length, run) for each run in [first, first + count). */
  template <typename Visit>
  void for_runs(uint64_t first, int64_t count, const Visit& visit) const {
    for (int64_t done = 0; done < count;) {
      const uint64_t index = first + static_cast<uint64_t>(done);
      const auto to_boundary = static_cast<int64_t>((uint64_t{1} << 32) - (index & 0xffffffffULL));
      const int64_t part = std::min(count - done, to_boundary);
      const uint64_t key = mix(key_ + (index >> 32));
      visit(done, part,
            DropoutRun{static_cast<uint32_t>(key), static_cast<uint32_t>(key >> 32), static_cast<uint32_t>(index),
                       threshold_, scale_});
      done += part;
    }
  }

 private:
  /** SplitMix64's finisher. */
  static uint64_t mix(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
  }

  uint64_t key_;
  uint32_t threshold_;
  float scale_;
};

}  // namespace adapter_lab
