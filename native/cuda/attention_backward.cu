// The backward pass recomputes each tile of weights from the saved log-sum-exp (Dao et al., arXiv 2205.14135), twice,
// so that nothing is added atomically: a block of threads owns the dq of kTile queries of a head, another the dk and dv
// of kTile keys, which it sums over the query heads that share them. Of a head, with scores S = scale q k^T:
//   P = exp(S - lse), dP = dy v^T, dS = P (dP - mean) with mean = <dP, P> = <dy, y> of each row,
//   dq = scale dS k, dk = scale dS^T q, dv = P^T dy.
#include "cuda/attention_tensor.h"
#include "cuda/attention_tiles.h"
#include "cuda/cuda_ops.h"
#include "cuda/reduce.h"
#include "cuda/rows.h"

namespace adapter_lab {
namespace {

using namespace gpu;

constexpr unsigned kMeanThreads = 256;

/** What both kernels read. */
template <class T>
struct Inputs {
  View<const T> dy, q, k, v;
  View<const float> lse, mean;
  HeadShape shape;

  __device__ __forceinline__ HeadRows<T> rows(const View<const T>& x, int end, int head) const {
    return {x, end, head * shape.dim, shape.dim};
  }
};

/** A score's weight P, and scale dS: the gradient that the product of q and k gets. */
struct Differentiated {
  float weight, dscore;
};

/** Both are zero where the query does not see the key, or lies behind the text's end. */
template <class T>
__device__ __forceinline__ Differentiated differentiate(const Inputs<T>& in, int head, int row, int row_end, int key,
                                                        float score, float dweight) {
  if (row >= row_end || !in.shape.sees(row, key)) return {0.0f, 0.0f};
  const float weight = expf(score * in.shape.scale - in.lse.load(row, head));
  return {weight, weight * (dweight - in.mean.load(row, head)) * in.shape.scale};
}

/** mean (N, heads) is set to <dy, y> of each head: a warp each. */
template <class T>
__global__ void attention_mean_kernel(View<float> mean, View<const T> dy, View<const T> y, int64_t head_dim) {
  const int64_t index = element_index() / kWarp;
  if (index >= mean.rows * mean.cols) return;
  const int64_t row = index / mean.cols;
  const int64_t head = index % mean.cols;
  float sum = 0.0f;
  for (int64_t d = lane(); d < head_dim; d += kWarp)
    sum += dy.load(row, head * head_dim + d) * y.load(row, head * head_dim + d);
  sum = warp_reduce(sum, Sum());
  if (lane() == 0) mean.store(row, head, sum);
}

/** Whether devices with tensor cores run attention_backward_tensor.cu's kernels instead. */
template <int kChunks, class T>
constexpr bool kHasTensorTwin = std::is_same_v<T, BFloat16> && kChunks * kTile <= kLargestTensorHead;

template <int kChunks, class T>
__global__ void __launch_bounds__(kTileThreads, blocks_at_once(kOwn * kOwn * kChunks))
    attention_dq_kernel(View<T> dq, Inputs<T> in, Array<const TextTile> blocks) {
  if constexpr (kHasTensorTwin<kChunks, T>) only_without_tensor_cores();
  const Tiles tiles;
  const auto heads = static_cast<unsigned>(in.shape.heads);
  const TextTile block = blocks.load(blocks.count - 1 - blockIdx.x / heads);
  const int head = static_cast<int>(blockIdx.x % heads);
  const int shared_head = head / in.shape.group();
  OwnSums<kChunks> sums = {};
  for (int key = in.shape.first_key(block.first, block.start); key < block.last(); key += kTile) {
    float scores[kOwn][kOwn] = {}, dweights[kOwn][kOwn] = {};
    add_row_products(scores, tiles, in.rows(in.q, block.end, head), block.first,
                     in.rows(in.k, block.last(), shared_head), key);
    add_row_products(dweights, tiles, in.rows(in.dy, block.end, head), block.first,
                     in.rows(in.v, block.last(), shared_head), key);
    for (int i = 0; i < kOwn; ++i)
      for (int j = 0; j < kOwn; ++j) {
        const int col = own_col() + kAcross * j;
        tiles.weights[(own_row() + i) * kTilePitch + col] =
            differentiate(in, head, block.first + own_row() + i, block.end, key + col, scores[i][j], dweights[i][j])
                .dscore;
      }
    add_weighted_rows<kChunks>(sums, tiles, in.rows(in.k, block.last(), shared_head), key);
  }
  for_each_sum<kChunks>(sums, in.rows(in.q, block.end, head), block.first,
                        [&](int, int row, int col, float sum) { dq.store(row, col, sum); });
}

/** The gradients of a block's keys and values through the queries from `row` on of one head. */
template <int kChunks, class T>
__device__ __forceinline__ void add_queries(OwnSums<kChunks>& dk_sums, OwnSums<kChunks>& dv_sums, const Tiles& tiles,
                                            const Inputs<T>& in, const TextTile& block, int row, int head) {
  const int shared_head = head / in.shape.group();
  const HeadRows<T> queries = in.rows(in.q, block.end, head);
  const HeadRows<T> dy = in.rows(in.dy, block.end, head);
  float scores[kOwn][kOwn] = {}, dweights[kOwn][kOwn] = {};
  add_row_products(scores, tiles, in.rows(in.k, block.end, shared_head), block.first, queries, row);
  add_row_products(dweights, tiles, in.rows(in.v, block.end, shared_head), block.first, dy, row);
  for (int i = 0; i < kOwn; ++i)
    for (int j = 0; j < kOwn; ++j) {
      const int col = own_col() + kAcross * j;
      const Differentiated result =
          differentiate(in, head, row + col, block.end, block.first + own_row() + i, scores[i][j], dweights[i][j]);
      tiles.weights[(own_row() + i) * kTilePitch + col] = result.weight;
      dweights[i][j] = result.dscore;
    }
  add_weighted_rows<kChunks>(dv_sums, tiles, dy, row);
  // A warp alone reads and writes its rows of the tile.
  __syncwarp();
  for (int i = 0; i < kOwn; ++i)
    for (int j = 0; j < kOwn; ++j)
      tiles.weights[(own_row() + i) * kTilePitch + own_col() + kAcross * j] = dweights[i][j];
  add_weighted_rows<kChunks>(dk_sums, tiles, queries, row);
}

template <int kChunks, class T>
__global__ void __launch_bounds__(kTileThreads, blocks_at_once(2 * kOwn * kOwn * kChunks))
    attention_dkdv_kernel(View<T> dk, View<T> dv, Inputs<T> in, Array<const TextTile> blocks) {
  if constexpr (kHasTensorTwin<kChunks, T>) only_without_tensor_cores();
  const Tiles tiles;
  const auto kv_heads = static_cast<unsigned>(in.shape.kv_heads);
  const TextTile block = blocks.load(blockIdx.x / kv_heads);
  const int shared_head = static_cast<int>(blockIdx.x % kv_heads);
  // Behind the last query that sees the block's last key.
  const int seen_until = block.last() - 1 + in.shape.window;
  const int end = in.shape.window > 0 && seen_until < block.end ? seen_until : block.end;
  OwnSums<kChunks> dk_sums = {}, dv_sums = {};
  for (int head = shared_head * in.shape.group(); head < (shared_head + 1) * in.shape.group(); ++head)
    for (int row = block.first; row < end; row += kTile)
      add_queries<kChunks>(dk_sums, dv_sums, tiles, in, block, row, head);
  const HeadRows<T> keys = in.rows(in.k, block.end, shared_head);
  for_each_sum<kChunks>(dk_sums, keys, block.first, [&](int, int row, int col, float sum) { dk.store(row, col, sum); });
  for_each_sum<kChunks>(dv_sums, keys, block.first, [&](int, int row, int col, float sum) { dv.store(row, col, sum); });
}

}  // namespace

void CudaOps::attention_backward(Tensor dq, Tensor dk, Tensor dv, Tensor dy, Tensor q, Tensor k, Tensor v, Tensor y,
                                 Tensor lse, Sequences texts, AttentionShape shape) {
  const Array<const TextTile> blocks = text_tiles_.of(tiles_of(texts));
  scratch_.reset();
  const Tensor mean = scratch_.take(q.rows, shape.heads);
  const auto grid = [&](int64_t heads) { return Extent{static_cast<unsigned>(blocks.count * heads), 1, 1}; };
  with_activation(dq, [&](auto to) {
    using T = typename decltype(to)::Element;
    const Inputs<T> in{View<const T>(dy),      View<const T>(q),        View<const T>(k), View<const T>(v),
                       View<const float>(lse), View<const float>(mean), HeadShape(shape)};
    launch("attention_backward_mean", attention_mean_kernel<T>, blocks_of(mean.count() * kWarp, kMeanThreads),
           kMeanThreads, 0, View<float>(mean), in.dy, View<const T>(y), shape.head_dim);
    if (dq.dtype == DType::bf16 && shape.head_dim <= kLargestTensorHead && has_tensor_cores())
      return attention_backward_by_tensor_cores(dq, dk, dv, {dy, q, k, v, lse, mean}, blocks, shape);
    with_chunks(shape.head_dim, [&](auto chunks) {
      launch("attention_backward_dq", attention_dq_kernel<chunks(), T>, grid(shape.heads), kTileThreads, kTileBytes, to,
             in, blocks);
      launch("attention_backward_dkdv", attention_dkdv_kernel<chunks(), T>, grid(shape.kv_heads), kTileThreads,
             kTileBytes, View<T>(dk), View<T>(dv), in, blocks);
    });
  });
}

}  // namespace adapter_lab
