// Dropout of one run of elements; which are kept core/dropout_hash.h says.
#pragma once
#include "cpu/kernels/kernels.h"
#include "cpu/kernels/lanes.h"

namespace adapter_lab::ADAPTER_LAB_LEVEL {

// A hash is one long chain: eight vectors side by side keep a processor busy while each waits for its own.
constexpr int kHashes = 8;
constexpr int64_t kHashedAtOnce = kHashes * kLanes;
// Hashes fill the window in which a processor would find later loads by itself.
constexpr int64_t kAhead = 1024;
typedef uint32_t HashBits __attribute__((vector_size(kHashes * kVectorBytes)));

/** For each of kHashedAtOnce elements from `index` on all ones where it is dropped. */
static inline void dropped_lanes(IntVector (&dropped)[kHashes], const DropoutRun& run, uint32_t index) {
  UintVector indices[kHashes];
  for (int i = 0; i < kHashes; ++i)
    indices[i] = (UintVector)lane_numbers() + (index + static_cast<uint32_t>(i * kLanes));
  HashBits bits;
  __builtin_memcpy(&bits, indices, sizeof bits);
  hash_dropout(run, bits);
  UintVector hash[kHashes];
  __builtin_memcpy(hash, &bits, sizeof bits);
  for (int i = 0; i < kHashes; ++i) dropped[i] = (IntVector)hash[i] < static_cast<int32_t>(run.threshold);
}

static void dropout(float* y, const float* x, DropoutRun run, int64_t n) {
  int64_t first = 0;
  for (; first + kHashedAtOnce <= n; first += kHashedAtOnce) {
    for (int i = 0; i < kHashes; ++i) __builtin_prefetch(x + first + kAhead + i * kLanes);
    IntVector dropped[kHashes];
    dropped_lanes(dropped, run, run.first + static_cast<uint32_t>(first));
    for (int i = 0; i < kHashes; ++i)
      store(y + first + i * kLanes, dropped[i] ? Vector{} : load(x + first + i * kLanes) * run.scale);
  }
  for (int64_t i = first; i < n; ++i) {
    const float factor = dropout_factor(run, run.first + static_cast<uint32_t>(i));
    y[i] = factor == 0.0f ? 0.0f : x[i] * factor;
  }
}

static void dropout_add(float* y, const float* x, DropoutRun run, int64_t n) {
  int64_t first = 0;
  for (; first + kHashedAtOnce <= n; first += kHashedAtOnce) {
    for (int i = 0; i < kHashes; ++i) __builtin_prefetch(x + first + kAhead + i * kLanes);
    IntVector dropped[kHashes];
    dropped_lanes(dropped, run, run.first + static_cast<uint32_t>(first));
    for (int i = 0; i < kHashes; ++i) {
      float* to = y + first + i * kLanes;
      store(to, load(to) + (dropped[i] ? Vector{} : load(x + first + i * kLanes) * run.scale));
    }
  }
  for (int64_t i = first; i < n; ++i) {
    const float factor = dropout_factor(run, run.first + static_cast<uint32_t>(i));
    y[i] += factor == 0.0f ? 0.0f : x[i] * factor;
  }
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
