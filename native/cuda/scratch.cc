#include "cuda/scratch.h"

#include <algorithm>

#include "core/error.h"

namespace adapter_lab::gpu {
namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kSmallest = size_t{1} << 20;

}  // namespace

Scratch::~Scratch() {
  for (const Block& block : blocks_) release(block.memory);
}

/** Several blocks become one as large as all, so that an operation soon finds what it needs in one. */
void Scratch::reset() {
  used_ = 0;
  if (blocks_.size() < 2) return;
  size_t total = 0;
  for (const Block& block : blocks_) {
    total += block.size_bytes;
    release(block.memory);
  }
  blocks_.clear();
  take_bytes(total);
  used_ = 0;
}

void* Scratch::take_bytes(size_t size_bytes) {
  const size_t rounded = (size_bytes + kAlignment - 1) / kAlignment * kAlignment;
  if (blocks_.empty() || blocks_.back().size_bytes - used_ < rounded) {
    const size_t size = std::max(rounded, kSmallest);
    void* memory = allocate(size);
    if (!memory) throw Error("out-of-memory", "scratch memory of an operation", "", static_cast<int64_t>(size));
    blocks_.push_back({memory, size});
    used_ = 0;
  }
  void* taken = static_cast<char*>(blocks_.back().memory) + used_;
  used_ += rounded;
  return taken;
}

}  // namespace adapter_lab::gpu
