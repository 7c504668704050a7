// Memory of one operation: partial sums and small arrays that come from the host. Work of a device is done in order, so
// the next operation may use the same memory at once.
#pragma once
#include <vector>

#include "core/buffer.h"
#include "core/tensor.h"
#include "cuda/gpu.h"
#include "cuda/staging.h"

namespace adapter_lab::gpu {

class Scratch {
 public:
  /** Of which copies of host memory are made. */
  explicit Scratch(Staging& staging) : staging_(staging) {}
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  /** An operation begins: what others took is free again. */
  void reset();
  /** 64-byte aligned, contents undefined. Throws Error("out-of-memory"). */
  void* take_bytes(size_t size_bytes);
  Tensor take(int64_t rows, int64_t cols) {
    return Tensor(take_bytes(static_cast<size_t>(rows * cols) * sizeof(float)), rows, cols);
  }
  /** A copy of host memory. */
  template <class T>
  const T* upload(const T* host, int64_t count) {
    void* memory = take_bytes(static_cast<size_t>(count) * sizeof(T));
    staging_.send(memory, host, static_cast<size_t>(count) * sizeof(T));
    return static_cast<const T*>(memory);
  }

 private:
  Staging& staging_;
  std::vector<Buffer> blocks_;
  size_t used_ = 0;  // of the last block
};

}  // namespace adapter_lab::gpu
