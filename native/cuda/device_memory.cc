#include "cuda/device_memory.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/error.h"
#include "cuda/gpu.h"

namespace adapter_lab::gpu {
namespace {

constexpr size_t kAlignment = 256;
constexpr size_t kSegmentBytes = size_t{32} << 20;
constexpr size_t kSegmentStep = size_t{2} << 20;  // the driver gives whole pages of this size

/** Less than `size_bytes` where that is more than there can be. */
size_t rounded_up(size_t size_bytes, size_t step) { return (std::max<size_t>(size_bytes, 1) + step - 1) / step * step; }

}  // namespace

DeviceMemory& device_memory() {
  static DeviceMemory memory;
  return memory;
}

Buffer take_buffer(size_t size_bytes, const char* what) {
  return Buffer(device_memory().take(size_bytes, what), size_bytes,
                [](void* memory) { device_memory().give_back(memory); });
}

DeviceMemory::~DeviceMemory() {
  for (const auto& [place, piece] : pieces_)
    if (piece.begins_segment) release(place);
}

size_t DeviceMemory::taken_bytes() const {
  const std::lock_guard lock(mutex_);
  return taken_bytes_;
}

size_t DeviceMemory::take_most_bytes() {
  const std::lock_guard lock(mutex_);
  return std::exchange(most_bytes_, taken_bytes_);
}

size_t DeviceMemory::held_bytes() const {
  const std::lock_guard lock(mutex_);
  return held_bytes_;
}

DeviceMemory::Pieces::iterator DeviceMemory::find_free(size_t size_bytes) {
  const auto found = free_.lower_bound({size_bytes, nullptr});
  return found == free_.end() ? pieces_.end() : pieces_.find(found->second);
}

bool DeviceMemory::ends_segment(Pieces::iterator piece) const {
  const auto next = std::next(piece);
  return next == pieces_.end() || next->second.begins_segment;
}

/** Segments of which nobody has a part. */
void DeviceMemory::release_unused() {
  for (auto piece = pieces_.begin(); piece != pieces_.end();) {
    const auto [place, description] = *piece;
    if (description.is_taken || !description.begins_segment || !ends_segment(piece)) {
      ++piece;
      continue;
    }
    release(place);
    held_bytes_ -= description.size_bytes;
    free_.erase({description.size_bytes, place});
    piece = pieces_.erase(piece);
  }
}

/** A free piece: of `wanted_bytes` if the driver has so much, of at least `least_bytes` in any case. */
DeviceMemory::Pieces::iterator DeviceMemory::add_segment(size_t least_bytes, size_t wanted_bytes, const char* what) {
  size_t size = std::max(least_bytes, wanted_bytes);
  void* memory = allocate(size);
  if (!memory) {
    release_unused();
    memory = allocate(size);
  }
  if (!memory && size > least_bytes) {
    size = least_bytes;
    memory = allocate(size);
  }
  if (!memory) throw out_of_memory(what, least_bytes, memory_state().free_bytes, taken_bytes_);
  held_bytes_ += size;
  auto* const place = static_cast<char*>(memory);
  hide(place, size);
  free_.insert({size, place});
  return pieces_.insert({place, {size, false, true}}).first;
}

void* DeviceMemory::take(size_t size_bytes, const char* what) {
  const std::lock_guard lock(mutex_);
  const size_t size = rounded_up(size_bytes, kAlignment);
  const size_t segment = rounded_up(size_bytes, kSegmentStep);
  if (size < size_bytes || segment < size_bytes)
    throw out_of_memory(what, size_bytes, memory_state().free_bytes, taken_bytes_);
  auto piece = find_free(size);
  if (piece == pieces_.end()) piece = add_segment(segment, kSegmentBytes, what);
  char* const place = piece->first;
  free_.erase({piece->second.size_bytes, place});
  if (piece->second.size_bytes > size) {
    const size_t rest = piece->second.size_bytes - size;
    free_.insert({rest, place + size});
    pieces_.insert({place + size, {rest, false, false}});
    piece->second.size_bytes = size;
  }
  piece->second.is_taken = true;
  taken_bytes_ += size;
  most_bytes_ = std::max(most_bytes_, taken_bytes_);
  show(place, size_bytes);
  return place;
}

void DeviceMemory::give_back(void* memory) {
  const std::lock_guard lock(mutex_);
  auto piece = pieces_.find(static_cast<char*>(memory));
  hide(piece->first, piece->second.size_bytes);
  taken_bytes_ -= piece->second.size_bytes;
  piece->second.is_taken = false;
  free_piece(piece);
}

void DeviceMemory::free_piece(Pieces::iterator piece) {
  if (!ends_segment(piece)) {
    const auto next = std::next(piece);
    if (!next->second.is_taken) {
      free_.erase({next->second.size_bytes, next->first});
      piece->second.size_bytes += next->second.size_bytes;
      pieces_.erase(next);
    }
  }
  if (!piece->second.begins_segment) {
    const auto before = std::prev(piece);
    if (!before->second.is_taken) {
      free_.erase({before->second.size_bytes, before->first});
      before->second.size_bytes += piece->second.size_bytes;
      pieces_.erase(piece);
      piece = before;
    }
  }
  free_.insert({piece->second.size_bytes, piece->first});
}

void DeviceMemory::reserve(size_t size_bytes, const char* what) {
  const std::lock_guard lock(mutex_);
  const size_t size = rounded_up(size_bytes, kAlignment);
  if (find_free(size) == pieces_.end()) add_segment(size, size, what);
}

}  // namespace adapter_lab::gpu
