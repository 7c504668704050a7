// Runs a kernel on the host: blocks one after another, the threads of a block as fibers that take turns at barriers.
// Results must not depend on whose turn it is: tests run every kernel in each Order.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>

#include "cuda/emulation/counts.h"
#include "cuda/emulation/location.h"
#include "cuda/emulation/races.h"

namespace adapter_lab::emulation {

struct Extent {
  unsigned x = 1, y = 1, z = 1;
  unsigned count() const { return x * y * z; }
};

enum class Order { kForward, kReverse, kShuffled };
void set_order(Order order);

/** Throws Fault: a barrier that not all threads reach, a race for shared memory, a place outside of a matrix. */
void launch(const char* name, Extent grid, Extent block, size_t shared_bytes, const std::function<void()>& kernel);

// ---- what a running kernel may ask for --------------------------------------------------------
struct Position {
  Extent thread, block, block_size, grid_size;
};
extern Position running_position;
inline const Position& position() { return running_position; }

void sync_block(const Location& at);
void sync_warp(uint32_t mask, const Location& at);

constexpr size_t kLargestLaneValue = 32;
/** What lane `source` of the warp gave; all lanes of the mask must call it. */
void exchange(uint32_t mask, void* value, size_t bytes, int source, const Location& at);
/** What each lane of a whole warp gave, kLargestLaneValue bytes apart, until the caller's next collective. */
const unsigned char* gather(const void* value, size_t bytes, const Location& at);
/** A bit for each lane of the mask whose predicate holds. */
uint32_t ballot(uint32_t mask, bool predicate, const Location& at);

/** The block's shared memory, and when the thread that runs touches it. */
struct SharedState {
  unsigned char* data = nullptr;
  Stamp now = 0;
  bool is_watched = true;  // for races
  Races races;
};
extern SharedState running_shared;

/** Address of `kBytes` bytes of an array after the check of races; the array has checked its bounds. */
template <size_t kBytes>
const void* shared_read(size_t offset, Location at) {
  count_shared(AccessKind::kSharedRead, offset, kBytes, at);
  if (running_shared.is_watched) running_shared.races.read<kBytes>(offset, running_shared.now, at);
  return running_shared.data + offset;
}
template <size_t kBytes>
void* shared_write(size_t offset, Location at) {
  count_shared(AccessKind::kSharedWrite, offset, kBytes, at);
  if (running_shared.is_watched) running_shared.races.write<kBytes>(offset, running_shared.now, at);
  return running_shared.data + offset;
}
/** A thread writes an element of global memory. */
void global_write(const void* address, const Location& at);
/** Where `bytes` lie after `taken` others, for 16-byte accesses; the launch must have asked for so much. */
size_t place_shared(size_t& taken, size_t bytes, const Location& at);

}  // namespace adapter_lab::emulation
