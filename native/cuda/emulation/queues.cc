#include "cuda/emulation/queues.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "cuda/emulation/counts.h"
#include "cuda/emulation/fault.h"
#include "cuda/gpu.h"

namespace adapter_lab::emulation {
namespace {

using gpu::Queue;

/** A copy that nobody has waited for yet. */
struct Copy {
  char* to;
  const char* from;
  std::string as_begun;  // what `from` held
  uint64_t number;       // of its queue
  Queue queue;
  bool is_done;
};

struct State {
  std::mutex mutex;
  std::vector<Copy> copies;
  uint64_t begun[2] = {0, 0};  // by queue
  uint64_t main_awaited = 0;   // by the queue of copies
  std::map<const char*, size_t> pinned;
} state;

/** What this thread began last in the main queue: threads are engines, whose memory is their own. */
thread_local uint64_t own_main = 0;

uint64_t& begun(Queue queue) { return state.begun[queue == Queue::kMain ? 0 : 1]; }

void expect_unchanged(const Copy& copy) {
  if (std::memcmp(copy.from, copy.as_begun.data(), copy.as_begun.size()) != 0)
    throw Fault("pinned memory changed before its copy was awaited");
}

/** Copies of the queue up to that number are done. */
void do_copies(Queue queue, uint64_t number) {
  for (Copy& copy : state.copies) {
    if (copy.queue != queue || copy.number > number || copy.is_done) continue;
    expect_unchanged(copy);
    std::memcpy(copy.to, copy.from, copy.as_begun.size());
    copy.is_done = true;
  }
}

bool overlap(const Copy& copy, const char* from, size_t size_bytes) {
  return copy.from < from + size_bytes && from < copy.from + copy.as_begun.size();
}

}  // namespace

void note_main_work() {
  const std::lock_guard lock(state.mutex);
  own_main = ++begun(Queue::kMain);
}

}  // namespace adapter_lab::emulation

namespace adapter_lab::gpu {

using namespace emulation;

void* allocate_pinned(size_t size_bytes) {
  void* memory = std::malloc(size_bytes);
  const std::lock_guard lock(state.mutex);
  if (memory) state.pinned[static_cast<const char*>(memory)] = size_bytes;
  return memory;
}

void release_pinned(void* memory) {
  const std::lock_guard lock(state.mutex);
  const auto* const place = static_cast<const char*>(memory);
  for (const Copy& copy : state.copies)
    if (overlap(copy, place, state.pinned.at(place)))
      throw Fault("pinned memory is released before its copy was awaited");
  state.pinned.erase(place);
  std::free(memory);
}

void begin_copy(void* to, const void* pinned, size_t size_bytes, Queue queue) {
  const std::lock_guard lock(state.mutex);
  record_transfer("to device", size_bytes);
  const auto* const from = static_cast<const char*>(pinned);
  const auto block = state.pinned.upper_bound(from);
  if (block == state.pinned.begin() || from + size_bytes > std::prev(block)->first + std::prev(block)->second)
    throw Fault("a copy from memory that is not pinned");
  for (const Copy& copy : state.copies)
    if (overlap(copy, from, size_bytes)) throw Fault("pinned memory is used again before its copy was awaited");
  if (queue == Queue::kCopies && state.main_awaited < own_main)
    throw Fault("a copy into memory that earlier work may use");
  state.copies.push_back({static_cast<char*>(to), from, std::string(from, size_bytes), ++begun(queue), queue, false});
  if (queue == Queue::kCopies) return;
  own_main = begun(queue);
  do_copies(queue, own_main);
}

Mark::~Mark() = default;

void Mark::set(Queue queue) {
  const std::lock_guard lock(state.mutex);
  queue_ = queue;
  place_ = begun(queue);
}

void Mark::wait() const {
  const std::lock_guard lock(state.mutex);
  do_copies(queue_, place_);
  for (const Copy& copy : state.copies)
    if (copy.queue == queue_ && copy.number <= place_) expect_unchanged(copy);
  std::erase_if(state.copies, [&](const Copy& copy) { return copy.queue == queue_ && copy.number <= place_; });
}

void Mark::hold(Queue queue) const {
  const std::lock_guard lock(state.mutex);
  if (queue == queue_) return;
  if (queue == Queue::kMain) return do_copies(queue_, place_);
  state.main_awaited = std::max(state.main_awaited, place_);
}

}  // namespace adapter_lab::gpu
