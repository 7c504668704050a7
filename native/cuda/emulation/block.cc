#include "cuda/emulation/block.h"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "core/random.h"
#include "cuda/emulation/counts.h"
#include "cuda/emulation/fault.h"
#include "cuda/emulation/fiber.h"
#include "cuda/emulation/lost_device.h"
#include "cuda/emulation/queues.h"
#include "cuda/emulation/watch.h"
#include "cuda/emulation/writes.h"

namespace adapter_lab::emulation {
namespace {

constexpr int kWarp = 32;
constexpr uint32_t kWholeWarp = 0xffffffffu;
constexpr unsigned kMostThreads = 1024;
static_assert(kMostThreads <= 1 << kThreadBits);
constexpr size_t kMostShared = size_t{227} << 10;  // of sm_90
constexpr size_t kSharedAlignment = 16;

enum class State { kReady, kAtBlockBarrier, kAtWarpBarrier, kEnded };

struct Thread {
  Fiber fiber;
  State state = State::kReady;
  bool has_started = false;
  Location waits_at;
  unsigned collectives = 0;
  Extent place;  // in its block
};

struct Warp {
  uint32_t alive = 0;  // lanes that have not ended
  uint32_t mask = 0;   // of the barrier that lanes wait at
  uint32_t arrived = 0;
  bool orders_memory = false;
  bool was_whole = false;  // all lanes passed the last barrier
  uint64_t tick = 0;  // of the last barrier that ordered its memory
  // Two sets of values: a lane may be in the next collective before another has read those of the last.
  unsigned char values[2][kWarp][kLargestLaneValue];
};

void run_kernel();

}  // namespace

Position running_position;
SharedState running_shared;

namespace {

class Block {
 public:
  void run(const char* name, Extent grid, Extent size, size_t shared_bytes, const std::function<void()>& kernel);

  Order order = Order::kForward;
  const std::function<void()>* kernel = nullptr;
  std::exception_ptr failure;

  Thread& current() { return threads_[static_cast<size_t>(current_)]; }
  void sync(const Location& at);
  void sync_warp(uint32_t mask, const Location& at);
  void exchange(uint32_t mask, void* value, size_t bytes, int source, const Location& at);
  const unsigned char* gather(const void* value, size_t bytes, const Location& at);
  uint32_t ballot(uint32_t mask, bool predicate, const Location& at);
  void global_write(const void* address, const Location& at) {
    if (running_shared.is_watched) writes_.note(address, running_shared.now, at, running_shared.races);
  }
  size_t shared_bytes() const { return shared_.size(); }

 private:
  void run_block();
  void run_thread(int index);
  void end_thread();
  void release_block();
  void release_warp(Warp& warp);
  void meet(uint32_t mask, const Location& at);
  void order_all();
  void set_now() { running_shared.now = stamp_of(warp().tick, current_); }
  [[noreturn]] void report_deadlock();
  void arrange(std::vector<int>& turns);
  void expect_same_place(const Thread& a, const Thread& b) const;
  int lane() const { return current_ % kWarp; }
  Warp& warp() { return warps_[static_cast<size_t>(current_ / kWarp)]; }

  std::vector<Thread> threads_;
  std::vector<Warp> warps_;
  std::vector<unsigned char> shared_;
  Watch watch_{std::getenv("ADAPTER_LAB_WATCHED_LAUNCHES")};
  Writes writes_;
  Random random_{1, 0};
  int count_ = 0;
  int alive_ = 0;
  int waiting_ = 0;  // at the block's barrier
  int current_ = 0;
  uint64_t tick_ = 0;  // counts all barriers of all blocks
};

Block running;

void run_kernel() {
  try {
    (*running.kernel)();
  } catch (...) {
    running.failure = std::current_exception();
  }
  running.current().state = State::kEnded;
}

void Block::arrange(std::vector<int>& turns) {
  std::iota(turns.begin(), turns.end(), 0);
  if (order == Order::kReverse) std::reverse(turns.begin(), turns.end());
  if (order != Order::kShuffled) return;
  for (size_t i = turns.size(); i > 1; --i) std::swap(turns[i - 1], turns[random_.next() % i]);
}

void Block::run(const char* name, Extent grid, Extent size, size_t shared_bytes, const std::function<void()>& body) {
  if (size.count() < 1 || size.count() > kMostThreads || grid.count() < 1 || shared_bytes > kMostShared)
    throw Fault(std::string(name) + ": no GPU takes this launch");
  record_launch(name, size.count(), shared_bytes);
  count_ = static_cast<int>(size.count());
  while (static_cast<int>(threads_.size()) < count_) threads_.push_back({Fiber(run_kernel), {}, {}, {}, {}, {}});
  for (unsigned i = 0; i < size.count(); ++i)
    threads_[i].place = {i % size.x, i / size.x % size.y, i / size.x / size.y};
  warps_.resize(static_cast<size_t>((count_ + kWarp - 1) / kWarp));
  shared_.resize(shared_bytes);
  running_shared.data = shared_.data();
  running_shared.is_watched = watch_.includes(name, grid.count(), size.count(), shared_bytes);
  running_shared.races.begin(shared_bytes);
  writes_.begin(tick_ + 1);
  kernel = &body;
  running_position.block_size = size;
  running_position.grid_size = grid;
  std::vector<int> blocks(grid.count());
  arrange(blocks);
  for (const int block : blocks) {
    const auto index = static_cast<unsigned>(block);
    running_position.block = {index % grid.x, index / grid.x % grid.y, index / grid.x / grid.y};
    try {
      run_block();
    } catch (const Fault& fault) {
      throw Fault(std::string(name) + ": " + fault.what());
    }
  }
}

void Block::run_block() {
  std::fill(shared_.begin(), shared_.end(), uint8_t{0xff});
  order_all();
  running_shared.races.begin_block(tick_);
  for (int i = 0; i < count_; ++i) {
    Thread& thread = threads_[static_cast<size_t>(i)];
    thread.state = State::kReady;
    thread.has_started = false;
    thread.collectives = 0;
  }
  alive_ = count_;
  waiting_ = 0;
  for (Warp& warp : warps_) {
    warp.alive = warp.mask = warp.arrived = 0;
    warp.orders_memory = false;
  }
  for (int i = 0; i < count_; ++i) warps_[static_cast<size_t>(i / kWarp)].alive |= 1u << i % kWarp;
  std::vector<int> turns(static_cast<size_t>(count_));
  arrange(turns);
  for (bool has_moved = true; has_moved;) {
    has_moved = false;
    if (order == Order::kShuffled) arrange(turns);
    for (const int index : turns) {
      if (threads_[static_cast<size_t>(index)].state != State::kReady) continue;
      has_moved = true;
      run_thread(index);
    }
  }
  if (alive_ > 0) report_deadlock();
  record_block_end();
}

void Block::run_thread(int index) {
  current_ = index;
  set_now();
  Thread& thread = current();
  running_position.thread = thread.place;
  if (thread.has_started) {
    thread.fiber.resume();
  } else {
    thread.has_started = true;
    thread.fiber.start();
  }
  if (failure) std::rethrow_exception(std::exchange(failure, nullptr));
  if (thread.state == State::kEnded) end_thread();
}

/** Threads that have ended hold up no barrier. */
void Block::end_thread() {
  --alive_;
  Warp& own = warp();
  own.alive &= ~(1u << lane());
  if (waiting_ > 0 && waiting_ == alive_) release_block();
  if (own.arrived && (own.arrived & own.alive) == (own.mask & own.alive)) release_warp(own);
}

void Block::report_deadlock() {
  for (int i = 0; i < count_; ++i) {
    const Thread& thread = threads_[static_cast<size_t>(i)];
    if (thread.state != State::kEnded)
      fail("thread " + std::to_string(i) + " waits for others of its " +
               (thread.state == State::kAtBlockBarrier ? "block" : "warp") + " that never come",
           thread.waits_at);
  }
  throw Fault("no thread can go on");
}

void Block::expect_same_place(const Thread& a, const Thread& b) const {
  if (a.waits_at.line() == b.waits_at.line() && a.waits_at.column() == b.waits_at.column() &&
      (a.waits_at.file_name() == b.waits_at.file_name() ||
       std::strcmp(a.waits_at.file_name(), b.waits_at.file_name()) == 0))
    return;
  throw Fault("threads meet at different barriers: " + name_of(a.waits_at) + " and " + name_of(b.waits_at));
}

/** What all threads did is ordered before what any of them will do. */
void Block::order_all() {
  ++tick_;
  for (Warp& warp : warps_) warp.tick = tick_;
  running_shared.races.order_all(tick_);
}

void Block::release_block() {
  waiting_ = 0;
  record_barrier();
  order_all();
  const Thread* first = nullptr;
  for (int i = 0; i < count_; ++i) {
    Thread& thread = threads_[static_cast<size_t>(i)];
    if (thread.state != State::kAtBlockBarrier) continue;
    if (!first) first = &thread;
    expect_same_place(*first, thread);
    thread.state = State::kReady;
  }
}

void Block::sync(const Location& at) {
  Thread& thread = current();
  thread.state = State::kAtBlockBarrier;
  thread.waits_at = at;
  if (++waiting_ < alive_) return thread.fiber.yield();
  release_block();
  set_now();
}

void Block::release_warp(Warp& released) {
  const auto first_thread = static_cast<size_t>(&released - warps_.data()) * kWarp;
  const Thread* first = nullptr;
  for (size_t lane = 0; lane < kWarp; ++lane) {
    if (!(released.arrived >> lane & 1)) continue;
    Thread& thread = threads_[first_thread + lane];
    if (!first) first = &thread;
    expect_same_place(*first, thread);
    thread.state = State::kReady;
  }
  if (released.orders_memory) released.tick = ++tick_;
  released.orders_memory = false;
  released.was_whole = released.arrived == kWholeWarp;
  released.mask = released.arrived = 0;
}

/** Waits for the lanes of the mask. */
void Block::meet(uint32_t mask, const Location& at) {
  Warp& own = warp();
  if (!(mask >> lane() & 1)) fail("the mask leaves out the lane that calls", at);
  if (own.arrived && own.mask != mask) fail("lanes of one warp meet with different masks", at);
  Thread& thread = current();
  own.mask = mask;
  own.arrived |= 1u << lane();
  thread.state = State::kAtWarpBarrier;
  thread.waits_at = at;
  if ((own.arrived & own.alive) != (mask & own.alive)) return thread.fiber.yield();
  release_warp(own);
  set_now();
}

/** A barrier of the whole warp orders its memory; one of some lanes is taken to order nothing. */
void Block::sync_warp(uint32_t mask, const Location& at) {
  warp().orders_memory = (mask & warp().alive) == warp().alive;
  meet(mask, at);
}

void Block::exchange(uint32_t mask, void* value, size_t bytes, int source, const Location& at) {
  Thread& thread = current();
  Warp& own = warp();
  const unsigned set = thread.collectives++ % 2;
  std::memcpy(own.values[set][lane()], value, bytes);
  if (!(mask >> source & 1) || !(own.alive >> source & 1)) fail("a lane that takes no part is read", at);
  meet(mask, at);
  std::memcpy(value, own.values[set][source], bytes);
}

const unsigned char* Block::gather(const void* value, size_t bytes, const Location& at) {
  Thread& thread = current();
  Warp& own = warp();
  const unsigned set = thread.collectives++ % 2;
  std::memcpy(own.values[set][lane()], value, bytes);
  meet(kWholeWarp, at);
  if (!own.was_whole) fail("a lane of the warp has ended", at);
  return own.values[set][0];
}

uint32_t Block::ballot(uint32_t mask, bool predicate, const Location& at) {
  Thread& thread = current();
  Warp& own = warp();
  const unsigned set = thread.collectives++ % 2;
  own.values[set][lane()][0] = predicate;
  const uint32_t alive = own.alive;
  meet(mask, at);
  uint32_t bits = 0;
  for (int other = 0; other < kWarp; ++other)
    if ((mask & alive) >> other & 1 && own.values[set][other][0]) bits |= 1u << other;
  return bits;
}

}  // namespace

void set_order(Order order) { running.order = order; }

/** Engines of several threads share the device: one kernel at a time. */
void launch(const char* name, Extent grid, Extent block, size_t shared_bytes, const std::function<void()>& kernel) {
  fail_if_lost(name);
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  note_main_work();
  running.run(name, grid, block, shared_bytes, kernel);
}

void sync_block(const Location& at) { running.sync(at); }
void sync_warp(uint32_t mask, const Location& at) { running.sync_warp(mask, at); }
void exchange(uint32_t mask, void* value, size_t bytes, int source, const Location& at) {
  running.exchange(mask, value, bytes, source, at);
}
const unsigned char* gather(const void* value, size_t bytes, const Location& at) {
  return running.gather(value, bytes, at);
}
uint32_t ballot(uint32_t mask, bool predicate, const Location& at) { return running.ballot(mask, predicate, at); }

void global_write(const void* address, const Location& at) { running.global_write(address, at); }

size_t place_shared(size_t& taken, size_t bytes, const Location& at) {
  const size_t offset = taken;
  if (bytes > running.shared_bytes()) fail("more shared memory is taken than was launched with", at);
  taken += (bytes + kSharedAlignment - 1) / kSharedAlignment * kSharedAlignment;
  if (taken > running.shared_bytes()) fail("more shared memory is taken than was launched with", at);
  return offset;
}

}  // namespace adapter_lab::emulation
