// New keys and values go to their places in the cache's blocks: a thread an element of a row.
#include "cuda/array.h"
#include "cuda/cuda_ops.h"
#include "cuda/elements.h"
#include "cuda/rows.h"
#include "cuda/view.h"

namespace adapter_lab {
namespace {

using namespace gpu;

/** The layer's part of every block: views without memory. */
struct CacheViews {
  View<float> keys, values;

  CacheViews(const AttentionShape& shape)
      : keys(Tensor(nullptr, shape.kv_heads * shape.head_dim, kCacheBlock)),
        values(Tensor(nullptr, shape.kv_heads * kCacheBlock, shape.head_dim)) {}
};

template <class T>
__global__ void cache_store_kernel(CacheViews cache, View<const T> k, View<const T> v, Array<const CachePlace> places,
                                   int64_t layer) {
  const int64_t index = element_index();
  if (index >= k.rows * k.cols) return;
  const int64_t row = index / k.cols;
  const int64_t col = index % k.cols;
  const CachePlace& to = places.load(row);
  cache.keys.data = to.block + layer;
  cache.values.data = cache.keys.data + k.cols * kCacheBlock;
  const int64_t dim = cache.values.cols;
  cache.keys.store(col, to.place, k.load(row, col));
  cache.values.store(col / dim * kCacheBlock + to.place, col % dim, v.load(row, col));
}

}  // namespace

void CudaOps::cache_store(std::span<const CachePlace> places, Tensor k, Tensor v, int64_t layer, AttentionShape shape) {
  scratch_.reset();
  const Array<const CachePlace> uploaded = upload_array(scratch_, places);
  with_activation(k, [&](auto from) {
    using T = typename decltype(from)::Element;
    launch_elements("cache_store", cache_store_kernel<T>, k.count(), CacheViews(shape), View<const T>(k),
                    View<const T>(v), uploaded, layer);
  });
}

}  // namespace adapter_lab
