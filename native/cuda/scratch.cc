#include "cuda/scratch.h"

#include <algorithm>

#include "cuda/device_memory.h"

namespace adapter_lab::gpu {
namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kSmallest = size_t{1} << 20;
constexpr const char* kWhat = "scratch memory of an operation";

}  // namespace

/** Several blocks become one as large as all, so that an operation soon finds what it needs in one. */
void Scratch::reset() {
  used_ = 0;
  if (blocks_.size() < 2) return;
  size_t total = 0;
  for (const Buffer& block : blocks_) total += block.size_bytes();
  blocks_.clear();
  blocks_.push_back(take_buffer(total, kWhat));
}

void* Scratch::take_bytes(size_t size_bytes) {
  const size_t rounded = (size_bytes + kAlignment - 1) / kAlignment * kAlignment;
  if (blocks_.empty() || blocks_.back().size_bytes() - used_ < rounded) {
    blocks_.push_back(take_buffer(std::max(rounded, kSmallest), kWhat));
    used_ = 0;
  }
  void* taken = static_cast<char*>(blocks_.back().data()) + used_;
  used_ += rounded;
  return taken;
}

}  // namespace adapter_lab::gpu
