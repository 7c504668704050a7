// Worker threads that share the chunks of one loop. Whoever is running takes the next chunk, so a thread that
// the system has put aside holds nobody up but for the chunk it is in. What a chunk is never depends on who runs
// it: results are the same bits on every run.
#pragma once
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace adapter_lab {

class ThreadPool {
 public:
  /** `threads` counts the caller: one fewer are started. */
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  /** Calls body(0) ... body(chunks - 1), each once, in any order and on any thread, and returns when all are done.
   *  The first exception is thrown on. A call from inside a body runs on that thread alone. */
  template <typename Body>
  void parallel_for(int64_t chunks, const Body& body) {
    run(
        chunks, [](const void* context, int64_t chunk) { (*static_cast<const Body*>(context))(chunk); }, &body);
  }

 private:
  using Call = void (*)(const void* context, int64_t chunk);

  void run(int64_t chunks, Call call, const void* context);
  void share(uint32_t chunks, Call call, const void* context);
  bool run_next_chunk();
  void finish_chunk(uint32_t chunks);
  void work();

  // One loop at a time. `state_` holds the loop's number (upper half) and the chunks not yet taken (lower half), so
  // that one compare-and-swap takes a chunk and proves that the fields below belong to its loop.
  std::mutex one_loop_;
  alignas(64) std::atomic<uint64_t> state_{0};
  std::atomic<uint32_t> chunks_{0};
  std::atomic<Call> call_{nullptr};
  std::atomic<const void*> context_{nullptr};
  alignas(64) std::atomic<uint32_t> finished_{0};
  alignas(64) std::atomic<uint32_t> loops_{0};  // what sleeping workers wait on
  std::atomic<bool> closing_{false};
  std::mutex failure_mutex_;
  std::exception_ptr failure_;
  std::vector<std::thread> workers_;
};

}  // namespace adapter_lab
