// New keys and values go to their places in the cache's blocks.
#include <cstring>

#include "cpu/cpu_ops.h"

namespace adapter_lab {

void CpuOps::cache_store(std::span<const CachePlace> places, Tensor k, Tensor v, int64_t layer, AttentionShape shape) {
  const int64_t dim = shape.head_dim;
  for_rows(k.rows, 16 * k.cols, [&](int64_t row) {
    const CachePlace& place = places[static_cast<size_t>(row)];
    float* keys = place.block + layer;
    float* values = keys + k.cols * kCacheBlock;
    for (int64_t c = 0; c < k.cols; ++c) keys[c * kCacheBlock + place.place] = k.row(row)[c];
    for (int64_t head = 0; head < shape.kv_heads; ++head)
      std::memcpy(values + (head * kCacheBlock + place.place) * dim, v.row(row) + head * dim,
                  static_cast<size_t>(dim) * sizeof(float));
  });
}

}  // namespace adapter_lab
