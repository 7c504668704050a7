#include "cuda/staging.h"

#include <algorithm>
#include <cstring>

#include "core/error.h"

namespace adapter_lab::gpu {

Staging::~Staging() {
  for (Half& half : halves_) {
    if (!half.memory) continue;
    half.copied.wait();
    release_pinned(half.memory);
  }
}

Staging::Half& Staging::half_with_room() {
  if (halves_[current_].used == buffer_bytes_) {
    current_ = 1 - current_;
    halves_[current_].copied.wait();
    halves_[current_].used = 0;
  }
  Half& half = halves_[current_];
  if (!half.memory) half.memory = static_cast<char*>(allocate_pinned(buffer_bytes_));
  if (!half.memory) throw Error("out-of-memory", "pinned host memory", "", static_cast<int64_t>(buffer_bytes_));
  return half;
}

void Staging::send(void* to, const void* from, size_t size_bytes) {
  if (size_bytes == 0) return;
  if (queue_ == Queue::kMain) return send_in_order(to, from, size_bytes);
  // What was begun before may use the memory still.
  Mark before;
  before.set(Queue::kMain);
  before.hold(Queue::kCopies);
  send_in_order(to, from, size_bytes);
  halves_[current_].copied.hold(Queue::kMain);
}

void Staging::send_in_order(void* to, const void* from, size_t size_bytes) {
  for (size_t sent = 0; sent < size_bytes;) {
    Half& half = half_with_room();
    const size_t part = std::min(size_bytes - sent, buffer_bytes_ - half.used);
    char* const staged = half.memory + half.used;
    std::memcpy(staged, static_cast<const char*>(from) + sent, part);
    begin_copy(static_cast<char*>(to) + sent, staged, part, queue_);
    half.copied.set(queue_);
    half.used += part;
    sent += part;
  }
}

}  // namespace adapter_lab::gpu
