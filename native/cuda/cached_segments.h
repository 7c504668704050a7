// How attention to cached keys is cut: stacks of query heads, segments of places, and passes over so many segments that
// partial results stay small.
#pragma once
#include <algorithm>
#include <limits>
#include <vector>

#include "cuda/parcel.h"
#include "cuda/view.h"
#include "ops/ops.h"

namespace adapter_lab::gpu {

constexpr int kSegment = 256;  // places, one a thread
constexpr int kStacked = 16;   // heads of all rows in a stack
constexpr int kSegmentBlocks = kSegment / static_cast<int>(kCacheBlock);
// Blocks of threads of a pass: more than a GPU runs at once.
constexpr int64_t kPassBlocks = 1024;

/** Query heads of one key/value head: [head, head + heads). */
struct Bundle {
  int head, heads, kv_head;
};

/** An AttentionShape, and how its heads are stacked: bundles of at most kStacked heads, under which a stack has rows.
 */
struct StackShape {
  int dim, kv_heads, group, window;
  float scale;

  explicit StackShape(const AttentionShape& shape)
      : dim(static_cast<int>(shape.head_dim)),
        kv_heads(static_cast<int>(shape.kv_heads)),
        group(static_cast<int>(shape.heads / shape.kv_heads)),
        window(static_cast<int>(std::min<int64_t>(shape.window, std::numeric_limits<int>::max()))),
        scale(shape.scale) {}

  __host__ __device__ int width() const { return group < kStacked ? group : kStacked; }
  __host__ __device__ int bundles_of_group() const { return (group + width() - 1) / width(); }
  __host__ __device__ int bundles() const { return kv_heads * bundles_of_group(); }
  __host__ __device__ int rows() const { return kStacked / width(); }
  __host__ __device__ int padded_dim() const { return (dim + 3) / 4 * 4; }

  __device__ Bundle bundle(int index) const {
    const int kv_head = index / bundles_of_group();
    const int first = index % bundles_of_group() * width();
    return {kv_head * group + first, group - first < width() ? group - first : width(), kv_head};
  }
  /** Where a row's partial result of a segment and a head lies. */
  __device__ int64_t partial_row(int segment, int row_in_part, int head) const {
    const int in_group = head % group;
    const int index = head / group * bundles_of_group() + in_group / width();
    const int heads = bundle(index).heads;
    return (static_cast<int64_t>(segment) * bundles() + index) * kStacked + row_in_part * heads + in_group % width();
  }
  /** Threads that share a row of values, whole warps, and how many such groups a block of threads has. */
  __device__ int threads_of_row() const { return (dim + kWarp - 1) / kWarp * kWarp; }
  __device__ int groups() const {
    int groups = kSegmentBlocks;
    while (groups * threads_of_row() > kSegment) groups /= 2;
    return groups;
  }
};

/** A CachedRow: its scattered places are `scattered_count` from `scattered` on. */
struct Row {
  int position, in_order, scattered, scattered_count;

  __host__ __device__ int first_key(int window) const {
    return window > 0 && position - window + 1 > 0 ? position - window + 1 : 0;
  }
  __device__ bool sees_in_order(int place, int window) const {
    return place >= first_key(window) && place <= position && place < in_order;
  }
  /** The first scattered place that the window leaves. */
  __device__ int first_scattered(int window) const {
    const int hidden = first_key(window) - in_order;
    return hidden > 0 ? hidden : 0;
  }
};

/** Blocks [first_block, end_block) of the kSegmentBlocks of places from `first` on, whose memory is listed from
 * `blocks` on, for `rows` rows from `row` on. */
struct Segment {
  int first, first_block, end_block;
  int blocks;
  int row, rows;
  bool has_scattered;
};

/** A row and the segments, of its pass, that it is joined from. */
struct JoinedRow {
  int row, row_in_part;
  int first_segment, segments;
};

/** What is worked on at once. */
struct Pass {
  int64_t first_segment, segments;
  int64_t first_row, rows;  // of the joined rows
};

struct SegmentArrays {
  Array<const Segment> segments;
  Array<const Row> rows;
  Array<const int32_t> scattered;
};

struct UploadedSegments {
  Array<const Segment> segments;
  Array<const Row> rows;
  Array<const int32_t> scattered;
  Array<float* const> blocks;
  Array<const JoinedRow> joined;

  SegmentArrays of(const Pass& pass) const {
    return {{segments.data + pass.first_segment, pass.segments}, rows, scattered};
  }
  Array<const JoinedRow> joined_of(const Pass& pass) const { return {joined.data + pass.first_row, pass.rows}; }
};

class CachedSegments {
 public:
  CachedSegments(std::span<const CachedText> texts, std::span<const CachedRow> rows, const StackShape& shape);

  UploadedSegments upload(Scratch& scratch) const;
  const std::vector<Pass>& passes() const { return passes_; }
  /** Of a pass. */
  int64_t most_segments() const;

 private:
  void add_part(int first_block, int row, int count, const StackShape& shape);

  std::vector<Segment> segments_;
  std::vector<Row> rows_;
  std::vector<int32_t> scattered_;
  std::vector<float*> blocks_;
  std::vector<JoinedRow> joined_;
  std::vector<Pass> passes_;
};

}  // namespace adapter_lab::gpu
