#include "cuda/cached_segments.h"

namespace adapter_lab::gpu {
namespace {

constexpr int kBlock = static_cast<int>(kCacheBlock);

}  // namespace

CachedSegments::CachedSegments(std::span<const CachedText> texts, std::span<const CachedRow> rows,
                               const StackShape& shape) {
  for (const CachedRow& row : rows) {
    rows_.push_back({static_cast<int>(row.position), static_cast<int>(row.in_order),
                     static_cast<int>(scattered_.size()), static_cast<int>(row.scattered.size())});
    scattered_.insert(scattered_.end(), row.scattered.begin(), row.scattered.end());
  }
  for (const CachedText& text : texts) {
    const auto first_block = static_cast<int>(blocks_.size());
    blocks_.insert(blocks_.end(), text.blocks.begin(), text.blocks.end());
    for (int64_t row = 0; row < text.count; row += shape.rows()) {
      const auto count = std::min<int64_t>(shape.rows(), text.count - row);
      add_part(first_block, static_cast<int>(text.first + row), static_cast<int>(count), shape);
    }
  }
}

/** Rows of one text that stand in one stack. */
void CachedSegments::add_part(int first_block, int row, int count, const StackShape& shape) {
  int begin = std::numeric_limits<int>::max();
  int end = 0;
  bool has_scattered = false;
  for (int i = row; i < row + count; ++i) {
    const Row& each = rows_[static_cast<size_t>(i)];
    const auto scattered =
        std::span(scattered_).subspan(static_cast<size_t>(each.scattered), static_cast<size_t>(each.scattered_count));
    begin = std::min({begin, each.first_key(shape.window), each.in_order});
    end = std::max(end, std::min(each.position + 1, each.in_order));
    for (const int32_t place : scattered) end = std::max(end, place + 1);
    has_scattered |= !scattered.empty();
  }
  const int first_segment = begin / kSegment;
  const int count_segments = (end - 1) / kSegment + 1 - first_segment;
  if (passes_.empty() || (passes_.back().segments + count_segments) * shape.bundles() > kPassBlocks)
    passes_.push_back({static_cast<int64_t>(segments_.size()), 0, static_cast<int64_t>(joined_.size()), 0});
  Pass& pass = passes_.back();
  for (int i = 0; i < count; ++i) joined_.push_back({row + i, i, static_cast<int>(pass.segments), count_segments});
  for (int first = first_segment * kSegment; first < end; first += kSegment)
    segments_.push_back({first, std::max(0, begin - first) / kBlock,
                         std::min(kSegmentBlocks, (end - first + kBlock - 1) / kBlock), first_block + first / kBlock,
                         row, count, has_scattered});
  pass.rows += count;
  pass.segments += count_segments;
}

UploadedSegments CachedSegments::upload(Scratch& scratch) const {
  Parcel parcel;
  const auto segments = parcel.add(std::span(segments_));
  const auto rows = parcel.add(std::span(rows_));
  const auto scattered = parcel.add(std::span(scattered_));
  const auto blocks = parcel.add(std::span(blocks_));
  const auto joined = parcel.add(std::span(joined_));
  parcel.send(scratch);
  return {parcel.get(segments), parcel.get(rows), parcel.get(scattered), parcel.get(blocks), parcel.get(joined)};
}

int64_t CachedSegments::most_segments() const {
  int64_t most = 0;
  for (const Pass& pass : passes_) most = std::max(most, pass.segments);
  return most;
}

}  // namespace adapter_lab::gpu
