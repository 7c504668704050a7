// Worker threads that share the chunks of one loop. Each begins with a share of its own, the same part of every loop,
// so that it finds in its cache what it left there. Then it takes from the ends of the others' shares, so that a
// thread that the system has put aside holds nobody up but for the chunk it is in. What a chunk is never depends on
// who runs it: results are the same bits on every run.
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

  /** Chunks [first, end) of a loop that nobody has taken yet. */
  struct Untaken {
    uint32_t loop;
    uint16_t first, end;
  };
  struct alignas(64) Share {
    std::atomic<Untaken> untaken{Untaken{0, 0, 0}};
  };

  void run(int64_t chunks, Call call, const void* context);
  void share(uint32_t chunks, Call call, const void* context);
  bool run_next_chunk(size_t thread);
  void run_chunk(int64_t chunk);
  void work(size_t thread);

  // One loop at a time. A share holds the loop's number, so that one compare-and-swap takes a chunk and proves that the
  // fields below belong to its loop.
  std::mutex one_loop_;
  std::vector<Share> shares_;  // of the caller, then of each worker
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
