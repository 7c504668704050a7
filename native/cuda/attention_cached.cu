// Attention of new tokens to cached keys and values. Places are cut into segments at multiples of kSegment, wherever a
// row's keys begin. A block of threads attends to one segment for up to kStacked query heads that share a key/value
// head, of rows that share a text, so that the cache is read once for all of them; a second kernel joins the segments
// of each row in order (flash decoding: Dao et al., 2023, pytorch.org/blog/flash-decoding). What a row sums, and in
// which order, depends on its own keys alone.
#include <cmath>

#include "cuda/cached_segments.h"
#include "cuda/cuda_ops.h"
#include "cuda/elements.h"
#include "cuda/reduce.h"
#include "cuda/registers.h"
#include "cuda/rows.h"

namespace adapter_lab {
namespace {

using namespace gpu;

constexpr int kAtOnce = 4;                     // heads of a stack: those that are not there are skipped by so many
constexpr int kSharing = kSegment / kStacked;  // threads that weigh one head's places
static_assert(kSharing == kWarp / 2, "a warp weighs two heads");
// Rows of two heads begin in different halves of the banks.
constexpr int kWeightPitch = kSegment + kSharing;
static_assert(kCacheBlock == kWarp, "a warp has the places of a block");

/** Keys and values of one head in a block: views without memory. */
struct CachedHead {
  View<const float> keys, values;
  int64_t layer;
  Array<float* const> blocks;

  __device__ __forceinline__ View<const float> keys_of(int block, int kv_head) const {
    View<const float> view = keys;
    view.data = blocks.load(block) + layer + kv_head * (keys.rows * kCacheBlock);
    return view;
  }
  __device__ __forceinline__ View<const float> values_of(int block, int kv_head, int kv_heads) const {
    View<const float> view = values;
    view.data = blocks.load(block) + layer + (kv_heads + kv_head) * (keys.rows * kCacheBlock);
    return view;
  }
};

/** Shared memory of a block, and how many heads its stack has. */
struct Stack {
  Shared<float> queries;  // (kStacked, padded dim)
  Shared<float> weights;  // (kStacked, kWeightPitch)
  Shared<Quad> query_quads, weight_quads;
  int count;

  __device__ __forceinline__ Stack(const StackShape& shape, int count) : Stack({}, {}, shape, count) {}
  static size_t bytes(const StackShape& shape) {
    return static_cast<size_t>(kStacked * (shape.padded_dim() + kWeightPitch)) * sizeof(float);
  }

 private:
  __device__ __forceinline__ Stack(SharedMemory floats, SharedMemory quads, const StackShape& shape, int count)
      : queries(floats.take<float>(kStacked * shape.padded_dim())),
        weights(floats.take<float>(kStacked * kWeightPitch)),
        query_quads(quads.take<Quad>(kStacked * shape.padded_dim() / 4)),
        weight_quads(quads.take<Quad>(kStacked * kWeightPitch / 4)),
        count(count) {}
};

__device__ __forceinline__ int thread_index() { return static_cast<int>(threadIdx.x); }

template <class T>
__device__ __forceinline__ void load_queries(const Stack& stack, const View<const T>& q, const Segment& segment,
                                             const Bundle& bundle, const StackShape& shape) {
  const int padded = shape.padded_dim();
  for (int at = thread_index(); at < kStacked * padded; at += kSegment) {
    const int i = at / padded;
    const int d = at % padded;
    const bool is_there = i < stack.count && d < shape.dim;
    stack.queries[at] =
        is_there ? q.load(segment.row + i / bundle.heads, (bundle.head + i % bundle.heads) * shape.dim + d) : 0.0f;
  }
}

/** Weights become 0 where a row sees the place, -infinity elsewhere. */
__device__ __forceinline__ void mark_seen(const Stack& stack, const Segment& segment, const Bundle& bundle,
                                          const Array<const Row>& rows, const Array<const int32_t>& scattered,
                                          int window) {
  for (int i = 0; i < stack.count; ++i) {
    const Row& row = rows.load(segment.row + i / bundle.heads);
    const bool is_seen = row.sees_in_order(segment.first + thread_index(), window);
    stack.weights[i * kWeightPitch + thread_index()] = is_seen ? 0.0f : -INFINITY;
  }
  // Values are weighted by some rows at once, those that are not there by 0.
  for (int i = stack.count; i < kStacked; ++i) stack.weights[i * kWeightPitch + thread_index()] = 0.0f;
  if (!segment.has_scattered) return;
  __syncthreads();
  for (int i = 0; i < stack.count; ++i) {
    const Row& row = rows.load(segment.row + i / bundle.heads);
    for (int at = row.first_scattered(window) + thread_index(); at < row.scattered_count; at += kSegment) {
      const int place = scattered.load(row.scattered + at) - segment.first;
      if (place >= 0 && place < kSegment) stack.weights[i * kWeightPitch + place] = 0.0f;
    }
  }
}

/** scores[i] += <query i, key of the lane's place>. */
__device__ __forceinline__ void add_scores(float (&scores)[kStacked], const Stack& stack, const View<const float>& keys,
                                           const StackShape& shape) {
  const int padded = shape.padded_dim();
  for (int d = 0; d < padded; d += 4) {
    float key[4];
    for (int e = 0; e < 4; ++e) key[e] = d + e < shape.dim ? keys.load(d + e, lane()) : 0.0f;
    for_each_index<kStacked / kAtOnce>([&](auto part) {
      if (part * kAtOnce >= stack.count) return;
      for_each_index<kAtOnce>([&](auto e) {
        constexpr int i = part * kAtOnce + e;
        scores[i] = add_dot(scores[i], stack.query_quads[(i * padded + d) / 4], {key[0], key[1], key[2], key[3]});
      });
    });
  }
}

/** Of one head in a segment. */
struct Weighed {
  float most, total;
};

/** The scores of the thread's head become weights relative to their maximum. */
__device__ __forceinline__ Weighed weigh(const Stack& stack) {
  const int i = thread_index() / kSharing;
  const bool is_there = i < stack.count;
  const int first = i * kWeightPitch + thread_index() % kSharing;
  float values[kSegment / kSharing];
  float most = -INFINITY;
  for_each_index<kSegment / kSharing>([&](auto at) {
    values[at] = is_there ? static_cast<float>(stack.weights[first + at * kSharing]) : -INFINITY;
    most = Maximum()(most, values[at]);
  });
  most = half_warp_reduce(most, Maximum());
  float total = 0.0f;
  for_each_index<kSegment / kSharing>([&](auto at) {
    const float weight = most == -INFINITY ? 0.0f : expf(values[at] - most);
    if (is_there) stack.weights[first + at * kSharing] = weight;
    total += weight;
  });
  return {most, half_warp_reduce(total, Sum())};
}

/** sums[i] += weights of the block at local place `first` times column `col` of its values. */
__device__ __forceinline__ void add_values(float (&sums)[kStacked], const Stack& stack, const View<const float>& values,
                                           int first, int col) {
  for (int place = 0; place < kCacheBlock; place += 4) {
    const Quad value{values.load(place, col), values.load(place + 1, col), values.load(place + 2, col),
                     values.load(place + 3, col)};
    for_each_index<kStacked / kAtOnce>([&](auto part) {
      if (part * kAtOnce >= stack.count) return;
      for_each_index<kAtOnce>([&](auto e) {
        constexpr int i = part * kAtOnce + e;
        sums[i] = add_dot(sums[i], stack.weight_quads[(i * kWeightPitch + first + place) / 4], value);
      });
    });
  }
}

/** Sums of the threads that share a column, which have other places, are added up in order; the first thread has the
 * result. */
__device__ __forceinline__ void join_groups(float (&sums)[kStacked], const Stack& stack, int group, int groups,
                                            int cols, int col) {
  if (groups == 1) return;
  // The weights are done with: their memory is used again, which is enough for threads that share no column too.
  __syncthreads();
  for_each_index<kStacked>([&](auto i) {
    if (group > 0) stack.weights[((group - 1) * kStacked + i) * cols + col] = sums[i];
  });
  __syncthreads();
  if (group > 0) return;
  for_each_index<kStacked>([&](auto i) {
    for (int other = 0; other < groups - 1; ++other) sums[i] += stack.weights[(other * kStacked + i) * cols + col];
  });
}

/** partial (segments, bundles, kStacked) rows of dim sums, their maximum and their total are set. */
template <class T>
__global__ void __launch_bounds__(kSegment)
    attention_cached_kernel(View<float> partial, View<const T> q, CachedHead cache, SegmentArrays arrays,
                            StackShape shape) {
  const Segment segment = arrays.segments.load(blockIdx.x);
  const Bundle bundle = shape.bundle(static_cast<int>(blockIdx.y));
  const Stack stack(shape, segment.rows * bundle.heads);
  const int64_t result = (static_cast<int64_t>(blockIdx.x) * gridDim.y + blockIdx.y) * kStacked;
  load_queries(stack, q, segment, bundle, shape);
  mark_seen(stack, segment, bundle, arrays.rows, arrays.scattered, shape.window);
  __syncthreads();
  float scores[kStacked] = {};
  const int own = thread_index() / kWarp;
  if (own >= segment.first_block && own < segment.end_block)
    add_scores(scores, stack, cache.keys_of(segment.blocks + own, bundle.kv_head), shape);
  for_each_index<kStacked>([&](auto i) {
    if (i >= stack.count) return;
    float score = stack.weights[i * kWeightPitch + thread_index()];
    score += scores[i] * shape.scale;
    stack.weights[i * kWeightPitch + thread_index()] = score;
  });
  __syncthreads();
  const Weighed weighed = weigh(stack);
  __syncthreads();
  const int cols = shape.threads_of_row();
  const int groups = shape.groups();
  const int group = thread_index() / cols;
  const int col = thread_index() % cols;
  float sums[kStacked] = {};
  for (int block = segment.first_block; block < segment.end_block; ++block)
    if (block * groups / kSegmentBlocks == group && col < shape.dim)
      add_values(sums, stack, cache.values_of(segment.blocks + block, bundle.kv_head, shape.kv_heads),
                 block * static_cast<int>(kCacheBlock), col);
  join_groups(sums, stack, group, groups, cols, col);
  for_each_index<kStacked>([&](auto i) {
    if (i < stack.count && group == 0 && col < shape.dim) partial.store(result + i, col, sums[i]);
  });
  const int head = thread_index() / kSharing;
  if (thread_index() % kSharing != 0 || head >= stack.count) return;
  partial.store(result + head, shape.dim, weighed.most);
  partial.store(result + head, shape.dim + 1, weighed.total);
}

/** An element of y a thread. A segment of which a row sees nothing counts for nothing. */
template <class T>
__global__ void attention_join_kernel(View<T> y, View<const float> partial, Array<const JoinedRow> joined,
                                      StackShape shape) {
  const int64_t index = element_index();
  if (index >= joined.count * y.cols) return;
  const JoinedRow& row = joined.load(index / y.cols);
  const int64_t col = index % y.cols;
  const int head = static_cast<int>(col) / shape.dim;
  const int d = static_cast<int>(col) % shape.dim;
  const auto partial_row = [&](int segment) {
    return shape.partial_row(row.first_segment + segment, row.row_in_part, head);
  };
  float most = -INFINITY;
  for (int segment = 0; segment < row.segments; ++segment)
    most = Maximum()(most, partial.load(partial_row(segment), shape.dim));
  float sum = 0.0f, total = 0.0f;
  for (int segment = 0; segment < row.segments; ++segment) {
    const int64_t at = partial_row(segment);
    const float share = expf(partial.load(at, shape.dim) - most);
    sum += partial.load(at, d) * share;
    total += partial.load(at, shape.dim + 1) * share;
  }
  y.store(row.row, col, sum / total);
}

}  // namespace

void CudaOps::attention_cached(Tensor y, Tensor q, std::span<const CachedText> texts, std::span<const CachedRow> rows,
                               int64_t layer, AttentionShape shape) {
  const StackShape stack(shape);
  const CachedSegments cut(texts, rows, stack);
  scratch_.reset();
  const UploadedSegments uploaded = cut.upload(scratch_);
  const CachedHead cache{View<const float>(Tensor(nullptr, shape.head_dim, kCacheBlock)),
                         View<const float>(Tensor(nullptr, kCacheBlock, shape.head_dim)), layer, uploaded.blocks};
  const auto bundles = static_cast<unsigned>(stack.bundles());
  const Tensor partial = scratch_.take(cut.most_segments() * bundles * kStacked, shape.head_dim + 2);
  with_activation(y, [&](auto to) {
    using T = typename decltype(to)::Element;
    for (const Pass& pass : cut.passes()) {
      const SegmentArrays arrays = uploaded.of(pass);
      launch("attention_cached", attention_cached_kernel<T>, {static_cast<unsigned>(pass.segments), bundles, 1},
             kSegment, Stack::bytes(stack), View<float>(partial), View<const T>(q), cache, arrays, stack);
      launch_elements("attention_cached_join", attention_join_kernel<T>, pass.rows * y.cols, to,
                      View<const float>(partial), uploaded.joined_of(pass), stack);
    }
  });
}

}  // namespace adapter_lab
