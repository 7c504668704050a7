// The backward pass of attention by tensor cores (Dao, arXiv 2307.08691): each tile of weights is recomputed from the
// saved log-sum-exp, twice, so that nothing is added atomically: a block of threads owns the dq of kTile queries of a
// head, another the dk and dv of kTile keys, which it sums over the query heads that share them. Weights and their
// gradients are a warp's fragments, rounded to bf16 where they are operands. attention_backward.cu has the formulas.
#include "cuda/attention_fragments.h"
#include "cuda/attention_tensor.h"

namespace adapter_lab {
namespace {

using namespace gpu;

/** What both kernels read. */
struct Inputs {
  HeadPieces dy, q, k, v;
  View<const float> lse, mean;
  HeadShape shape;

  __device__ __forceinline__ int first_col(int head) const { return head * shape.dim; }
};

/** Of a query: the log of its sum of exponentials in units of ln 2, and <dy, y>. */
struct QueryStatistics {
  float lse, mean;
};
__device__ __forceinline__ QueryStatistics statistics_of(const Inputs& in, int row, int end, int head) {
  if (row >= end) return {0.0f, 0.0f};
  return {in.lse.load(row, head) * kLog2E, in.mean.load(row, head)};
}

/** A score becomes its weight, and the weight's gradient that of the score. */
__device__ __forceinline__ void differentiate(float& score, float& dweight, bool is_seen, const QueryStatistics& query,
                                              float scale) {
  const float weight = is_seen ? exp2f(score * (scale * kLog2E) - query.lse) : 0.0f;
  score = weight;
  dweight = is_seen ? weight * (dweight - query.mean) * scale : 0.0f;
}

template <int kDims>
__global__ void __launch_bounds__(kFragmentThreads, kDims <= 64 ? 3 : 2)
    attention_dq_tensor_kernel(View<BFloat16> dq, Inputs in, Array<const TextTile> blocks) {
  only_with_tensor_cores();
  SharedMemory memory;
  const Shared<Piece> queries = memory.take<Piece>(kTile * kHeadPitch<kDims>);
  const Shared<Piece> dys = memory.take<Piece>(kTile * kHeadPitch<kDims>);
  const Shared<Piece> keys = memory.take<Piece>(kTile * kHeadPitch<kDims>);
  const Shared<Piece> values = memory.take<Piece>(kTile * kHeadPitch<kDims>);
  const HeadShape& shape = in.shape;
  const auto heads = static_cast<unsigned>(shape.heads);
  const TextTile block = blocks.load(blocks.count - 1 - blockIdx.x / heads);
  const int head = static_cast<int>(blockIdx.x % heads);
  const int shared_col = in.first_col(head / shape.group());
  const HeadPieces own = in.q.of(block.end, in.first_col(head));
  const int warp_row = static_cast<int>(threadIdx.x) / kWarp * kRowsOfWarp;
  QueryStatistics statistics[2];
  for (int i = 0; i < 2; ++i)
    statistics[i] = statistics_of(in, block.first + warp_row + FragmentD::row(2 * i), block.end, head);
  AsyncCopies copies;
  own.stage<kDims, kTile>(queries, block.first, copies);
  in.dy.of(block.end, in.first_col(head)).stage<kDims, kTile>(dys, block.first, copies);
  RowSums<kDims> sums = {};
  for (int key = shape.first_key(block.first, block.start); key < block.last(); key += kTile) {
    in.k.of(block.last(), shared_col).stage<kDims, kTile>(keys, key, copies);
    in.v.of(block.last(), shared_col).stage<kDims, kTile>(values, key, copies);
    copies.commit();
    copies.wait<0>();
    __syncthreads();
    RowSums<kTile> scores = {}, dscores = {};
    add_row_products<kDims, kTile>(scores, queries, warp_row, keys, shape.dim);
    add_row_products<kDims, kTile>(dscores, dys, warp_row, values, shape.dim);
    GPU_UNROLL for (int j = 0; j < kTile / 8; ++j) {
      GPU_UNROLL for (int e = 0; e < FragmentD::kElements; ++e) {
        const int row = block.first + warp_row + FragmentD::row(e);
        const bool is_seen = row < block.end && shape.sees(row, key + 8 * j + FragmentD::col(e));
        differentiate(scores[j].at[e], dscores[j].at[e], is_seen, statistics[e / 2], shape.scale);
      }
    }
    add_weighted_rows<kDims, kTile>(sums, dscores, keys, shape.dim);
    __syncthreads();
  }
  for_each_sum<kDims>(sums, own, block.first + warp_row,
                      [&](int, int row, int col, float sum) { dq.store(row, col, sum); });
}

/** Queries of a tile beside kTile keys: fewer where dk and dv fill the registers. */
template <int kDims>
constexpr int kQueries = kDims <= 64 ? 64 : 32;

/** Shared memory of a block of keys. */
template <int kDims>
struct KeyTiles {
  Shared<Piece> keys, values, queries, dys;
  Shared<QueryStatistics> statistics;

  __device__ __forceinline__ KeyTiles() : KeyTiles(SharedMemory()) {}
  static constexpr size_t kBytes = 2 * head_tile_bytes<kDims>(kTile) + 2 * head_tile_bytes<kDims>(kQueries<kDims>) +
                                   kQueries<kDims> * sizeof(QueryStatistics);

 private:
  __device__ __forceinline__ explicit KeyTiles(SharedMemory memory)
      : keys(memory.take<Piece>(kTile * kHeadPitch<kDims>)),
        values(memory.take<Piece>(kTile * kHeadPitch<kDims>)),
        queries(memory.take<Piece>(kQueries<kDims> * kHeadPitch<kDims>)),
        dys(memory.take<Piece>(kQueries<kDims> * kHeadPitch<kDims>)),
        statistics(memory.take<QueryStatistics>(kQueries<kDims>)) {}
};

/** The gradients of a warp's sixteen keys and values, from `key` on, through the staged queries from `row` on. */
template <int kDims>
__device__ __forceinline__ void add_queries(RowSums<kDims>& dk_sums, RowSums<kDims>& dv_sums,
                                            const KeyTiles<kDims>& tiles, const HeadShape& shape, int row, int row_end,
                                            int key, int warp_row) {
  RowSums<kQueries<kDims>> scores = {}, dscores = {};
  add_row_products<kDims, kQueries<kDims>>(scores, tiles.keys, warp_row, tiles.queries, shape.dim);
  add_row_products<kDims, kQueries<kDims>>(dscores, tiles.values, warp_row, tiles.dys, shape.dim);
  GPU_UNROLL for (int j = 0; j < kQueries<kDims> / 8; ++j) {
    GPU_UNROLL for (int e = 0; e < FragmentD::kElements; ++e) {
      const int query = 8 * j + FragmentD::col(e);
      const bool is_seen = row + query < row_end && shape.sees(row + query, key + FragmentD::row(e));
      differentiate(scores[j].at[e], dscores[j].at[e], is_seen, tiles.statistics[query], shape.scale);
    }
  }
  add_weighted_rows<kDims, kQueries<kDims>>(dv_sums, scores, tiles.dys, shape.dim);
  add_weighted_rows<kDims, kQueries<kDims>>(dk_sums, dscores, tiles.queries, shape.dim);
}

template <int kDims>
__global__ void __launch_bounds__(kFragmentThreads, 2)
    attention_dkdv_tensor_kernel(View<BFloat16> dk, View<BFloat16> dv, Inputs in, Array<const TextTile> blocks) {
  only_with_tensor_cores();
  const KeyTiles<kDims> tiles;
  const HeadShape& shape = in.shape;
  const auto kv_heads = static_cast<unsigned>(shape.kv_heads);
  const TextTile block = blocks.load(blockIdx.x / kv_heads);
  const int shared_head = static_cast<int>(blockIdx.x % kv_heads);
  const HeadPieces own = in.k.of(block.end, in.first_col(shared_head));
  // Behind the last query that sees the block's last key.
  const int seen_until = block.last() - 1 + shape.window;
  const int end = shape.window > 0 && seen_until < block.end ? seen_until : block.end;
  const int warp_row = static_cast<int>(threadIdx.x) / kWarp * kRowsOfWarp;
  AsyncCopies copies;
  own.stage<kDims, kTile>(tiles.keys, block.first, copies);
  in.v.of(block.end, in.first_col(shared_head)).stage<kDims, kTile>(tiles.values, block.first, copies);
  RowSums<kDims> dk_sums = {}, dv_sums = {};
  for (int head = shared_head * shape.group(); head < (shared_head + 1) * shape.group(); ++head)
    for (int row = block.first; row < end; row += kQueries<kDims>) {
      in.q.of(block.end, in.first_col(head)).stage<kDims, kQueries<kDims>>(tiles.queries, row, copies);
      in.dy.of(block.end, in.first_col(head)).stage<kDims, kQueries<kDims>>(tiles.dys, row, copies);
      copies.commit();
      if (threadIdx.x < kQueries<kDims>)
        tiles.statistics[threadIdx.x] = statistics_of(in, row + static_cast<int>(threadIdx.x), block.end, head);
      copies.wait<0>();
      __syncthreads();
      add_queries<kDims>(dk_sums, dv_sums, tiles, shape, row, block.end, block.first + warp_row, warp_row);
      __syncthreads();
    }
  for_each_sum<kDims>(dk_sums, own, block.first + warp_row,
                      [&](int, int row, int col, float sum) { dk.store(row, col, sum); });
  for_each_sum<kDims>(dv_sums, own, block.first + warp_row,
                      [&](int, int row, int col, float sum) { dv.store(row, col, sum); });
}

}  // namespace

void gpu::attention_backward_by_tensor_cores(Tensor dq, Tensor dk, Tensor dv, const AttentionInputs& in,
                                             Array<const TextTile> blocks, const AttentionShape& shape) {
  const Inputs inputs{HeadPieces(in.dy, shape.head_dim), HeadPieces(in.q, shape.head_dim),
                      HeadPieces(in.k, shape.head_dim),  HeadPieces(in.v, shape.head_dim),
                      View<const float>(in.lse),         View<const float>(in.mean),
                      HeadShape(shape)};
  const auto grid = [&](int64_t heads) { return Extent{static_cast<unsigned>(blocks.count * heads), 1, 1}; };
  const auto run = [&](auto dims) {
    launch("attention_backward_dq", attention_dq_tensor_kernel<dims()>, grid(shape.heads), kFragmentThreads,
           4 * head_tile_bytes<dims()>(kTile), View<BFloat16>(dq), inputs, blocks);
    launch("attention_backward_dkdv", attention_dkdv_tensor_kernel<dims()>, grid(shape.kv_heads), kFragmentThreads,
           KeyTiles<dims()>::kBytes, View<BFloat16>(dk), View<BFloat16>(dv), inputs, blocks);
  };
  if (shape.head_dim <= 64) return run(std::integral_constant<int, 64>());
  run(std::integral_constant<int, 128>());
}

}  // namespace adapter_lab
