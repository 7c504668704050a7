// See thread_pool.h. Waiting spins for a moment, then sleeps in the kernel.
#include "core/thread_pool.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/ceil_div.h"

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

/** What a share can count. */
constexpr int64_t kMostChunks = 65535;

}  // namespace

ThreadPool::ThreadPool(int threads) : shares_(static_cast<size_t>(std::max(threads, 1))) {
  for (size_t thread = 1; thread < shares_.size(); ++thread) workers_.emplace_back([this, thread] { work(thread); });
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
  } else if (chunks <= kMostChunks) {
    share(static_cast<uint32_t>(chunks), call, context);
  } else {
    const int64_t together = ceil_div(chunks, kMostChunks);
    parallel_for(ceil_div(chunks, together), [&](int64_t part) {
      const int64_t end = std::min((part + 1) * together, chunks);
      for (int64_t chunk = part * together; chunk < end; ++chunk) call(context, chunk);
    });
  }
}

void ThreadPool::share(uint32_t chunks, Call call, const void* context) {
  const std::lock_guard<std::mutex> lock(one_loop_);
  // Nobody reads these for the last loop any more: all its chunks are taken and finished.
  chunks_.store(chunks, std::memory_order_relaxed);
  call_.store(call, std::memory_order_relaxed);
  context_.store(context, std::memory_order_relaxed);
  finished_.store(0, std::memory_order_relaxed);
  const uint32_t loop = shares_[0].untaken.load(std::memory_order_relaxed).loop + 1;
  const auto first_of = [&](size_t thread) { return static_cast<uint16_t>(chunks * thread / shares_.size()); };
  for (size_t thread = 0; thread < shares_.size(); ++thread)
    shares_[thread].untaken.store({loop, first_of(thread), first_of(thread + 1)}, std::memory_order_release);
  loops_.fetch_add(1, std::memory_order_release);
  loops_.notify_all();

  while (run_next_chunk(0)) continue;
  const auto all_finished = [&] { return finished_.load(std::memory_order_acquire) == chunks; };
  if (!spin_until(all_finished)) {
    for (uint32_t seen = finished_.load(std::memory_order_acquire); seen != chunks;
         seen = finished_.load(std::memory_order_acquire))
      finished_.wait(seen, std::memory_order_acquire);
  }
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

bool ThreadPool::run_next_chunk(size_t thread) {
  for (size_t i = 0; i < shares_.size(); ++i) {
    std::atomic<Untaken>& share = shares_[(thread + i) % shares_.size()].untaken;
    Untaken untaken = share.load(std::memory_order_acquire);
    while (untaken.first < untaken.end) {
      const bool own = i == 0;
      Untaken rest = untaken;
      const int64_t chunk = own ? rest.first++ : --rest.end;
      if (!share.compare_exchange_weak(untaken, rest, std::memory_order_acq_rel, std::memory_order_acquire)) continue;
      run_chunk(chunk);
      return true;
    }
  }
  return false;
}

void ThreadPool::run_chunk(int64_t chunk) {
  const uint32_t chunks = chunks_.load(std::memory_order_relaxed);
  inside_body = true;
  try {
    call_.load(std::memory_order_relaxed)(context_.load(std::memory_order_relaxed), chunk);
  } catch (...) {
    const std::lock_guard<std::mutex> lock(failure_mutex_);
    if (!failure_) failure_ = std::current_exception();
  }
  inside_body = false;
  // A caller asleep on an earlier count sleeps on until this, the last one.
  if (finished_.fetch_add(1, std::memory_order_acq_rel) + 1 == chunks) finished_.notify_one();
}

void ThreadPool::work(size_t thread) {
  for (;;) {
    const uint32_t seen = loops_.load(std::memory_order_acquire);
    if (closing_) return;
    while (run_next_chunk(thread)) continue;
    if (spin_until([&] { return loops_.load(std::memory_order_acquire) != seen; })) continue;
    loops_.wait(seen, std::memory_order_acquire);
  }
}

}  // namespace adapter_lab
