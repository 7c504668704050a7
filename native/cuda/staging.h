// Copies of host memory to the device by way of pinned memory: the device reads it by itself, so that nobody waits for
// a copy, and what was given may change at once. Two buffers in turn: one is filled while the other is copied.
#pragma once
#include <array>
#include <cstddef>

#include "cuda/gpu.h"

namespace adapter_lab::gpu {

class Staging {
 public:
  /** Buffers of so many bytes, which are taken when they are first used. Queue::kCopies: copies go on beside the
   *  filling of the other buffer, after the work that was begun before, and what is begun later finds them done. */
  Staging(size_t buffer_bytes, Queue queue) : buffer_bytes_(buffer_bytes), queue_(queue) {}
  ~Staging();
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  /** `to`, memory of the device, is set. Throws Error("out-of-memory"). */
  void send(void* to, const void* from, size_t size_bytes);
  size_t buffer_bytes() const { return buffer_bytes_; }

 private:
  struct Half {
    char* memory = nullptr;
    size_t used = 0;
    Mark copied;  // behind the last copy from it
  };

  /** One with room. */
  Half& half_with_room();
  void send_in_order(void* to, const void* from, size_t size_bytes);

  size_t buffer_bytes_;
  Queue queue_;
  std::array<Half, 2> halves_;
  size_t current_ = 0;
};

}  // namespace adapter_lab::gpu
