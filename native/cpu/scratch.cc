// See scratch.h.
#include "cpu/scratch.h"

#include <utility>

namespace adapter_lab {

Scratch::Lease Scratch::take(Ops& ops, int64_t floats, const char* what) {
  const size_t size_bytes = static_cast<size_t>(floats) * sizeof(float);
  Buffer memory;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!free_.empty()) {
      memory = std::move(free_.back());
      free_.pop_back();
    }
  }
  // One that is too small is dropped for a larger one.
  if (memory.size_bytes() < size_bytes) {
    memory = Buffer();
    memory = ops.allocate(size_bytes, what);
  }
  return Lease(*this, std::move(memory));
}

void Scratch::put_back(Buffer memory) {
  const std::lock_guard<std::mutex> lock(mutex_);
  free_.push_back(std::move(memory));
}

}  // namespace adapter_lab
