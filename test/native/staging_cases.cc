// Copies by way of pinned memory, and what the emulated queues say of those that nobody waits for.
#include "cuda/staging.h"

#include <algorithm>
#include <cstring>
#include <functional>

#include "cuda/device_memory.h"
#include "cuda/emulation/fault.h"
#include "cuda/emulation/queues.h"
#include "harness.h"

namespace adapter_lab::test {
namespace {

using gpu::Mark;
using gpu::Queue;

constexpr size_t kBytes = 1000;

/** A buffer of the device and one of pinned memory. */
struct Pair {
  Pair() : device(gpu::take_buffer(kBytes, "a test")), pinned(static_cast<char*>(gpu::allocate_pinned(kBytes))) {
    std::memset(pinned, 7, kBytes);
  }
  ~Pair() { gpu::release_pinned(pinned); }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  /** All of it is so. */
  bool holds(char value) const {
    const auto* const bytes = static_cast<const char*>(device.data());
    return std::all_of(bytes, bytes + kBytes, [&](char byte) { return byte == value; });
  }

  Buffer device;
  char* pinned;
};

void expect_fault(Test& test, const std::string& part, const std::function<void()>& run) {
  try {
    run();
  } catch (const emulation::Fault& fault) {
    test.expect(std::string(fault.what()).find(part) != std::string::npos, fault.what());
    return;
  }
  test.expect(false, "unnoticed: " + part);
}

/** The queue of copies waits for all that was begun. */
void order_copies() {
  Mark before;
  before.set(Queue::kMain);
  before.hold(Queue::kCopies);
}

const Case sends("staging", [](Test& test) {
  constexpr size_t kRoom = 1024;
  for (const Queue queue : {Queue::kMain, Queue::kCopies}) {
    gpu::Staging staging(kRoom, queue);
    std::vector<std::pair<Buffer, std::vector<uint8_t>>> sent;
    for (const size_t size : {size_t{0}, size_t{1}, size_t{700}, kRoom, size_t{323}, kRoom + 1, 5 * kRoom + 99}) {
      std::vector<uint8_t> bytes(size);
      for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(test.random_below(256));
      std::vector<uint8_t> given = bytes;
      Buffer memory = gpu::take_buffer(size, "a test");
      staging.send(memory.data(), given.data(), size);
      std::fill(given.begin(), given.end(), uint8_t{1});  // it may change at once
      sent.emplace_back(std::move(memory), std::move(bytes));
    }
    for (const auto& [memory, bytes] : sent) {
      std::vector<uint8_t> got(bytes.size());
      test.ops().download_bytes(got.data(), memory.data(), got.size());
      test.expect(got == bytes, "other bytes of " + std::to_string(bytes.size()));
    }
  }
});

const Case in_order("queue_of_copies", [](Test& test) {
  Pair pair;
  order_copies();
  gpu::begin_copy(pair.device.data(), pair.pinned, kBytes, Queue::kCopies);
  test.expect(!pair.holds(7), "a copy is done before anybody waits");
  Mark behind;
  behind.set(Queue::kCopies);
  Mark main;
  main.set(Queue::kMain);
  main.wait();
  test.expect(!pair.holds(7), "a mark of the other queue");
  behind.hold(Queue::kMain);
  test.expect(pair.holds(7), "what the main queue waits for");
  behind.wait();

  std::memset(pair.pinned, 8, kBytes);
  gpu::begin_copy(pair.device.data(), pair.pinned, kBytes, Queue::kMain);
  test.expect(pair.holds(8), "the main queue finds its own copies done");
  main.set(Queue::kMain);
  main.wait();
});

const Case faults("queue_faults", [](Test& test) {
  for (const Queue queue : {Queue::kMain, Queue::kCopies}) {
    Pair pair;
    Mark behind;
    order_copies();
    gpu::begin_copy(pair.device.data(), pair.pinned + 10, 100, queue);
    behind.set(queue);
    expect_fault(test, "used again", [&] { gpu::begin_copy(pair.device.data(), pair.pinned + 109, 1, queue); });
    expect_fault(test, "released", [&] { gpu::release_pinned(pair.pinned); });
    pair.pinned[50] = 1;
    expect_fault(test, "changed", [&] { behind.wait(); });
    pair.pinned[50] = 7;
    behind.wait();
    order_copies();
    gpu::begin_copy(pair.device.data(), pair.pinned + 109, 1, queue);
    behind.set(queue);
    behind.wait();
    expect_fault(test, "not pinned", [&] { gpu::begin_copy(pair.device.data(), &pair, 1, queue); });
    expect_fault(test, "not pinned", [&] { gpu::begin_copy(pair.device.data(), pair.pinned + 1, kBytes, queue); });
  }
  Pair pair;
  order_copies();
  emulation::note_main_work();
  expect_fault(test, "earlier work",
               [&] { gpu::begin_copy(pair.device.data(), pair.pinned, kBytes, Queue::kCopies); });
});

}  // namespace
}  // namespace adapter_lab::test
