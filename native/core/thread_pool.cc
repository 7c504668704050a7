// See thread_pool.h. Waiting spins for a moment, then sleeps in the kernel.
#include "core/thread_pool.h"

#include <chrono>
#include <utility>

namespace adapter_lab {
namespace {

// Long enough to bridge the gap between two operations, short enough to leave a busy machine's cores alone.
constexpr auto kSpin = std::chrono::microseconds(50);

thread_local bool inside_body = false;

void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/** Polls `done` for a while; true when it came true. */
template <typename Done>
bool spin_until(const Done& done) {
  const auto deadline = std::chrono::steady_clock::now() + kSpin;
  do {
    for (int i = 0; i < 32; ++i) {
      if (done()) return true;
      pause();
    }
  } while (std::chrono::steady_clock::now() < deadline);
  return done();
}

uint32_t untaken(uint64_t state) { return static_cast<uint32_t>(state); }
uint64_t loop_of(uint64_t state) { return state >> 32; }

}  // namespace

ThreadPool::ThreadPool(int threads) {
  for (int i = 1; i < threads; ++i) workers_.emplace_back([this] { work(); });
}

ThreadPool::~ThreadPool() {
  closing_ = true;
  ++loops_;
  loops_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::run(int64_t chunks, Call call, const void* context) {
  if (chunks <= 1 || workers_.empty() || inside_body) {
    for (int64_t chunk = 0; chunk < chunks; ++chunk) call(context, chunk);
    return;
  }
  share(static_cast<uint32_t>(chunks), call, context);
}

void ThreadPool::share(uint32_t chunks, Call call, const void* context) {
  const std::lock_guard<std::mutex> lock(one_loop_);
  // Nobody reads these for the last loop any more: all its chunks are taken and finished.
  chunks_.store(chunks, std::memory_order_relaxed);
  call_.store(call, std::memory_order_relaxed);
  context_.store(context, std::memory_order_relaxed);
  finished_.store(0, std::memory_order_relaxed);
  const uint64_t loop = loop_of(state_.load(std::memory_order_relaxed)) + 1;
  state_.store(loop << 32 | chunks, std::memory_order_release);
  loops_.fetch_add(1, std::memory_order_release);
  loops_.notify_all();

  while (run_next_chunk()) continue;
  const auto all_finished = [&] { return finished_.load(std::memory_order_acquire) == chunks; };
  if (!spin_until(all_finished)) {
    for (uint32_t seen = finished_.load(std::memory_order_acquire); seen != chunks;
         seen = finished_.load(std::memory_order_acquire))
      finished_.wait(seen, std::memory_order_acquire);
  }
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

bool ThreadPool::run_next_chunk() {
  uint64_t state = state_.load(std::memory_order_acquire);
  for (;;) {
    if (untaken(state) == 0) return false;
    const uint32_t chunks = chunks_.load(std::memory_order_relaxed);
    const Call call = call_.load(std::memory_order_relaxed);
    const void* context = context_.load(std::memory_order_relaxed);
    if (!state_.compare_exchange_weak(state, state - 1, std::memory_order_acq_rel, std::memory_order_acquire)) continue;
    inside_body = true;
    try {
      call(context, chunks - untaken(state));
    } catch (...) {
      const std::lock_guard<std::mutex> lock(failure_mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
    inside_body = false;
    finish_chunk(chunks);
    return true;
  }
}

void ThreadPool::finish_chunk(uint32_t chunks) {
  // A caller asleep on an earlier count sleeps on until this, the last one.
  if (finished_.fetch_add(1, std::memory_order_acq_rel) + 1 == chunks) finished_.notify_one();
}

void ThreadPool::work() {
  for (;;) {
    const uint32_t seen = loops_.load(std::memory_order_acquire);
    if (closing_) return;
    while (run_next_chunk()) continue;
    if (spin_until([&] { return loops_.load(std::memory_order_acquire) != seen; })) continue;
    loops_.wait(seen, std::memory_order_acquire);
  }
}

}  // namespace adapter_lab
