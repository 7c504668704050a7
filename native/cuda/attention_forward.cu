// Causal attention by blocks of queries with a running softmax over tiles of keys (Milakov and Gimelshein, arXiv
// 1805.02867; Dao et al., arXiv 2205.14135): a block of threads owns kTile queries of one head. With the scores s of
// the next tile a row's maximum m, sum l and result o become
//   m' = max(m, max s), l' = l exp(m - m') + sum exp(s - m'), o' = o exp(m - m') + exp(s - m') v,
// and in the end y = o / l and lse = m + log l: no row of scores is ever whole.
#include <algorithm>
#include <cmath>

#include "cuda/attention_tensor.h"
#include "cuda/attention_tiles.h"
#include "cuda/cuda_ops.h"
#include "cuda/reduce.h"

namespace adapter_lab {
namespace {

using namespace gpu;

/** Of each of a thread's rows: the maximum so far, and its part of the sum. */
struct RunningSoftmax {
  float most[kOwn];
  float sum[kOwn];
};

/** Scores become weights relative to the rows' new maxima; what was summed before shrinks by the same. */
template <int kChunks>
__device__ __forceinline__ void weigh(float (&scores)[kOwn][kOwn], RunningSoftmax& softmax, OwnSums<kChunks>& result,
                                      const Tiles& tiles, int row, int key, const HeadShape& shape) {
  for (int i = 0; i < kOwn; ++i) {
    float most = softmax.most[i];
    for (int j = 0; j < kOwn; ++j) {
      const bool is_seen = shape.sees(row + own_row() + i, key + own_col() + kAcross * j);
      scores[i][j] = is_seen ? scores[i][j] * shape.scale : -INFINITY;
      most = Maximum()(most, scores[i][j]);
    }
    most = half_warp_reduce(most, Maximum());
    // There is one: tiles begin at the first key that the block's first row sees, so that each row sees one of it.
    const float shrink = expf(softmax.most[i] - most);
    softmax.most[i] = most;
    softmax.sum[i] *= shrink;
    for (int c = 0; c < kOwn * kChunks; ++c) result[i][c] *= shrink;
    for (int j = 0; j < kOwn; ++j) {
      const float weight = expf(scores[i][j] - most);
      softmax.sum[i] += weight;
      tiles.weights[(own_row() + i) * kTilePitch + own_col() + kAcross * j] = weight;
    }
  }
}

template <int kChunks, class T>
__global__ void __launch_bounds__(kTileThreads, blocks_at_once(kOwn * kOwn * kChunks))
    attention_forward_kernel(View<T> y, View<float> lse, View<const T> q, View<const T> k, View<const T> v,
                             Array<const TextTile> blocks, HeadShape shape) {
  if constexpr (std::is_same_v<T, BFloat16>) only_without_tensor_cores();
  const Tiles tiles;
  // Heads that share keys run side by side; the last tiles of a text, which see the most keys, run first.
  const auto heads = static_cast<unsigned>(shape.heads);
  const TextTile block = blocks.load(blocks.count - 1 - blockIdx.x / heads);
  const int head = static_cast<int>(blockIdx.x % heads);
  const int shared_head = head / shape.group();
  const int dim = shape.dim;
  const HeadRows<T> queries{q, block.end, head * dim, dim};
  const HeadRows<T> keys{k, block.last(), shared_head * dim, dim};
  const HeadRows<T> values{v, block.last(), shared_head * dim, dim};
  RunningSoftmax softmax;
  for (int i = 0; i < kOwn; ++i) {
    softmax.most[i] = -INFINITY;
    softmax.sum[i] = 0.0f;
  }
  OwnSums<kChunks> result = {};
  for (int key = shape.first_key(block.first, block.start); key < block.last(); key += kTile) {
    float scores[kOwn][kOwn] = {};
    add_row_products(scores, tiles, queries, block.first, keys, key);
    weigh<kChunks>(scores, softmax, result, tiles, block.first, key, shape);
    add_weighted_rows<kChunks>(result, tiles, values, key);
  }
  for (int i = 0; i < kOwn; ++i) softmax.sum[i] = half_warp_reduce(softmax.sum[i], Sum());
  for_each_sum<kChunks>(result, queries, block.first,
                        [&](int i, int row, int col, float sum) { y.store(row, col, sum / softmax.sum[i]); });
  if (own_col() != 0) return;
  for (int i = 0; i < kOwn; ++i) {
    const int row = block.first + own_row() + i;
    if (row < block.end) lse.store(row, head, softmax.most[i] + logf(softmax.sum[i]));
  }
}

}  // namespace

void CudaOps::attention_forward(Tensor y, Tensor lse, Tensor q, Tensor k, Tensor v, Sequences texts,
                                AttentionShape shape) {
  const Array<const TextTile> blocks = text_tiles_.of(tiles_of(texts));
  if (y.dtype == DType::bf16 && has_tensor_cores())
    return attention_forward_by_tensor_cores(y, lse, q, k, v, blocks, shape);
  const Extent grid{static_cast<unsigned>(blocks.count * shape.heads), 1, 1};
  with_activation(y, [&](auto to) {
    with_chunks(shape.head_dim, [&](auto chunks) {
      using T = typename decltype(to)::Element;
      launch("attention_forward", attention_forward_kernel<chunks(), T>, grid, kTileThreads, kTileBytes, to,
             View<float>(lse), View<const T>(q), View<const T>(k), View<const T>(v), blocks, HeadShape(shape));
    });
  });
}

}  // namespace adapter_lab
