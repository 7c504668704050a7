// Causal attention by tensor cores (FlashAttention-2: Dao, arXiv 2307.08691): a block of threads owns kTile queries of
// one head, a warp sixteen of them, and goes along the keys with a running softmax. Values are under way while scores
// are made, the next keys while values are summed.
#include <cmath>

#include "cuda/attention_fragments.h"
#include "cuda/attention_tensor.h"
#include "cuda/reduce.h"

namespace adapter_lab {
namespace {

using namespace gpu;

/** Of a lane's two rows: the maximum so far in units of ln 2, and its part of the sum. */
struct RunningSoftmax {
  float most[2] = {-INFINITY, -INFINITY};
  float sum[2] = {0.0f, 0.0f};
};

/** Scores in units of ln 2; -infinity where a row does not see a key. */
__device__ __forceinline__ void scale_and_mask(RowSums<kTile>& scores, int row, int key, const HeadShape& shape) {
  const float scale = shape.scale * kLog2E;
  const bool all_seen = key + kTile - 1 <= row && (shape.window == 0 || key > row + kRowsOfWarp - 1 - shape.window);
  GPU_UNROLL for (int j = 0; j < kTile / 8; ++j) {
    GPU_UNROLL for (int element = 0; element < FragmentD::kElements; ++element) {
      float& score = scores[j].at[element];
      const bool is_seen =
          all_seen || shape.sees(row + FragmentD::row(element), key + 8 * j + FragmentD::col(element));
      score = is_seen ? score * scale : -INFINITY;
    }
  }
}

/** Scores become weights relative to the rows' new maxima; what was summed before shrinks by the same. */
template <int kDims>
__device__ __forceinline__ void weigh(RowSums<kTile>& scores, RunningSoftmax& softmax, RowSums<kDims>& result) {
  GPU_UNROLL for (int i = 0; i < 2; ++i) {
    float most = softmax.most[i];
    GPU_UNROLL for (int j = 0; j < kTile / 8; ++j) {
      most = Maximum()(most, scores[j].at[2 * i]);
      most = Maximum()(most, scores[j].at[2 * i + 1]);
    }
    most = quad_reduce(most, Maximum());
    // There is one: tiles begin at the first key that the block's first row sees, so that each row sees one of it.
    const float shrink = exp2f(softmax.most[i] - most);
    softmax.most[i] = most;
    softmax.sum[i] *= shrink;
    GPU_UNROLL for (int j = 0; j < kDims / 8; ++j) {
      result[j].at[2 * i] *= shrink;
      result[j].at[2 * i + 1] *= shrink;
    }
    GPU_UNROLL for (int j = 0; j < kTile / 8; ++j) {
      GPU_UNROLL for (int e = 2 * i; e < 2 * i + 2; ++e) {
        scores[j].at[e] = exp2f(scores[j].at[e] - most);
        softmax.sum[i] += scores[j].at[e];
      }
    }
  }
}

/** q, k and v of one head. */
struct Heads {
  HeadPieces queries, keys, values;
};

/** Sums over the keys of a block's rows. */
template <int kDims>
__device__ __forceinline__ void attend(RowSums<kDims>& result, RunningSoftmax& softmax, const Heads& heads,
                                       const TextTile& block, const HeadShape& shape) {
  SharedMemory memory;
  const Shared<Piece> queries = memory.take<Piece>(kTile * kHeadPitch<kDims>);
  const Shared<Piece> keys = memory.take<Piece>(kTile * kHeadPitch<kDims>);
  const Shared<Piece> values = memory.take<Piece>(kTile * kHeadPitch<kDims>);
  const int warp_row = static_cast<int>(threadIdx.x) / kWarp * kRowsOfWarp;
  const int first = shape.first_key(block.first, block.start);
  AsyncCopies copies;
  heads.queries.stage<kDims, kTile>(queries, block.first, copies);
  heads.keys.stage<kDims, kTile>(keys, first, copies);
  copies.commit();
  for (int key = first; key < block.last(); key += kTile) {
    // Keys are there for all, and nobody reads the values of the round before any more.
    copies.wait<0>();
    __syncthreads();
    heads.values.stage<kDims, kTile>(values, key, copies);
    copies.commit();
    RowSums<kTile> scores = {};
    add_row_products<kDims, kTile>(scores, queries, warp_row, keys, shape.dim);
    scale_and_mask(scores, block.first + warp_row, key, shape);
    weigh<kDims>(scores, softmax, result);
    // Now values are there, and nobody reads the keys.
    copies.wait<0>();
    __syncthreads();
    if (key + kTile < block.last()) heads.keys.stage<kDims, kTile>(keys, key + kTile, copies);
    copies.commit();
    add_weighted_rows<kDims, kTile>(result, scores, values, shape.dim);
  }
}

template <int kDims>
__global__ void __launch_bounds__(kFragmentThreads, kDims <= 64 ? 3 : kDims <= 128 ? 2 : 1)
    attention_forward_tensor_kernel(View<BFloat16> y, View<float> lse, HeadPieces q, HeadPieces k, HeadPieces v,
                                    Array<const TextTile> blocks, HeadShape shape) {
  only_with_tensor_cores();
  // Heads that share keys run side by side; the last tiles of a text, which see the most keys, run first.
  const auto heads = static_cast<unsigned>(shape.heads);
  const TextTile block = blocks.load(blocks.count - 1 - blockIdx.x / heads);
  const int head = static_cast<int>(blockIdx.x % heads);
  const int shared_col = head / shape.group() * shape.dim;
  const Heads own{q.of(block.end, head * shape.dim), k.of(block.last(), shared_col), v.of(block.last(), shared_col)};
  RunningSoftmax softmax;
  RowSums<kDims> result = {};
  attend<kDims>(result, softmax, own, block, shape);
  GPU_UNROLL for (int i = 0; i < 2; ++i) softmax.sum[i] = quad_reduce(softmax.sum[i], Sum());
  const int first_row = block.first + static_cast<int>(threadIdx.x) / kWarp * kRowsOfWarp;
  for_each_sum<kDims>(result, own.queries, first_row,
                      [&](int i, int row, int col, float sum) { y.store(row, col, sum / softmax.sum[i]); });
  if (lane() % 4 != 0) return;
  GPU_UNROLL for (int i = 0; i < 2; ++i) {
    const int row = first_row + FragmentD::row(2 * i);
    if (row < block.end) lse.store(row, head, (softmax.most[i] + log2f(softmax.sum[i])) * kLn2);
  }
}

}  // namespace

void gpu::attention_forward_by_tensor_cores(Tensor y, Tensor lse, Tensor q, Tensor k, Tensor v,
                                            Array<const TextTile> blocks, const AttentionShape& shape) {
  const Extent grid{static_cast<unsigned>(blocks.count * shape.heads), 1, 1};
  with_dims(shape.head_dim, [&](auto dims) {
    launch("attention_forward", attention_forward_tensor_kernel<dims()>, grid, kFragmentThreads,
           3 * head_tile_bytes<dims()>(kTile), View<BFloat16>(y), View<float>(lse), HeadPieces(q, shape.head_dim),
           HeadPieces(k, shape.head_dim), HeadPieces(v, shape.head_dim), blocks, HeadShape(shape));
  });
}

}  // namespace adapter_lab
