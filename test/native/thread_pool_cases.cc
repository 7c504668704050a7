// Not an op, but every op stands on it. The backend is not used.
#include <atomic>
#include <stdexcept>
#include <thread>

#include "core/thread_pool.h"
#include "harness.h"

namespace adapter_lab::test {
namespace {

const OnceCase every_chunk_once("thread_pool", [](Test& test) {
  ThreadPool pool(4);
  test.expect(pool.threads() == 4, "threads");
  for (const int64_t chunks : {0, 1, 2, 3, 100}) {
    for (int round = 0; round < 200; ++round) {
      std::vector<std::atomic<int>> calls(static_cast<size_t>(chunks));
      pool.parallel_for(chunks, [&](int64_t chunk) { ++calls[static_cast<size_t>(chunk)]; });
      for (const std::atomic<int>& count : calls) test.expect(count == 1, "a chunk did not run exactly once");
    }
  }
});

const OnceCase exceptions_and_nesting("thread_pool", [](Test& test) {
  ThreadPool pool(3);
  std::atomic<int> runs = 0;
  try {
    pool.parallel_for(50, [&](int64_t chunk) {
      ++runs;
      if (chunk == 7) throw std::runtime_error("seven");
    });
    test.expect(false, "the exception was lost");
  } catch (const std::runtime_error& error) {
    test.expect(std::string(error.what()) == "seven", "another exception");
  }
  test.expect(runs == 50, "the other chunks did not run");
  std::atomic<int> inner = 0;
  pool.parallel_for(10, [&](int64_t) { pool.parallel_for(5, [&](int64_t) { ++inner; }); });
  test.expect(inner == 50, "a loop inside a loop");
});

const OnceCase many_chunks("thread_pool", [](Test& test) {
  // More than a share of a thread can count.
  ThreadPool pool(3);
  std::vector<std::atomic<int>> calls(200'001);
  pool.parallel_for(200'001, [&](int64_t chunk) { ++calls[static_cast<size_t>(chunk)]; });
  for (const std::atomic<int>& count : calls) test.expect(count == 1, "a chunk did not run exactly once");
});

const OnceCase callers_take_turns("thread_pool", [](Test& test) {
  ThreadPool pool(2);
  std::atomic<int> runs = 0;
  const auto call = [&] {
    for (int round = 0; round < 100; ++round) pool.parallel_for(9, [&](int64_t) { ++runs; });
  };
  std::thread other(call);
  call();
  other.join();
  test.expect(runs == 1800, "two callers lost chunks");
});

}  // namespace
}  // namespace adapter_lab::test
