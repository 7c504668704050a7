// Blocks are taken in order; releasing goes back to a mark and frees nothing.
#include "core/arena.h"

#include <algorithm>
#include <utility>

namespace adapter_lab {
namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kBlockBytes = size_t{32} << 20;

}  // namespace

Tensor Arena::take(int64_t rows, int64_t cols, DType dtype) {
  const size_t need = (static_cast<size_t>(rows * cols) * size_of(dtype) + kAlignment - 1) / kAlignment * kAlignment;
  while (block_ < blocks_.size() && used_ + need > blocks_[block_].size_bytes()) {
    ++block_;
    used_ = 0;
  }
  if (block_ == blocks_.size()) {
    blocks_.push_back(ops_.allocate(std::max(need, kBlockBytes), "activations"));
    used_ = 0;
  }
  Tensor tensor(static_cast<char*>(blocks_[block_].data()) + used_, rows, cols, dtype);
  used_ += need;
  most_bytes_ = std::max(most_bytes_, height_bytes());
  return tensor;
}

void Arena::release(Mark mark) {
  block_ = mark.block;
  used_ = mark.used;
}

void Arena::reserve(size_t size_bytes) {
  blocks_.clear();
  blocks_.push_back(ops_.allocate(size_bytes, "activations"));
}

void Arena::reset() {
  block_ = 0;
  used_ = 0;
  if (blocks_.size() <= 1) return;
  const size_t total = size_bytes();
  blocks_.clear();
  blocks_.push_back(ops_.allocate(total, "activations"));
}

size_t Arena::take_idle_bytes() { return size_bytes() - std::exchange(most_bytes_, height_bytes()); }

/** With all of the blocks below the last one. */
size_t Arena::height_bytes() const {
  size_t total = used_;
  for (size_t block = 0; block < block_; ++block) total += blocks_[block].size_bytes();
  return total;
}

size_t Arena::size_bytes() const {
  size_t total = 0;
  for (const Buffer& block : blocks_) total += block.size_bytes();
  return total;
}

}  // namespace adapter_lab
