// Memory of the device: pieces that never overlap, are found again and become one, and what happens where there is no
// more.
#include "cuda/device_memory.h"

#include <algorithm>
#include <cstring>
#include <functional>

#include "core/error.h"
#include "cuda/emulation/device.h"
#include "cuda/gpu.h"
#include "harness.h"

namespace adapter_lab::test {
namespace {

using gpu::DeviceMemory;

constexpr size_t kMega = size_t{1} << 20;
constexpr size_t kSegment = 32 * kMega;

/** The emulated device has so much more than is allocated now. */
class Room {
 public:
  explicit Room(size_t size_bytes) {
    constexpr size_t kMuch = size_t{1} << 50;
    emulation::limit_memory(kMuch);
    emulation::limit_memory(kMuch - gpu::memory_state().free_bytes + size_bytes);
  }
  ~Room() { emulation::limit_memory(0); }
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;
};

void expect_shortage(Test& test, const std::string& what, size_t size, size_t free, size_t taken,
                     const std::function<void()>& run) {
  try {
    run();
  } catch (const Error& error) {
    test.expect(std::strcmp(error.code, "out-of-memory") == 0 && error.subject == what, "another error");
    test.expect_equal(static_cast<double>(error.size_bytes), static_cast<double>(size), "its size");
    test.expect_equal(static_cast<double>(error.free_bytes), static_cast<double>(free), "what is free");
    test.expect_equal(static_cast<double>(error.taken_bytes), static_cast<double>(taken), "what is taken");
    return;
  }
  test.expect(false, what + " was granted");
}

/** Pieces taken and given back at random, each filled with a byte of its own: nobody else's changes it. */
const Case random_pieces("device_memory", [](Test& test) {
  DeviceMemory memory;
  struct Held {
    unsigned char* place;
    size_t size;
    unsigned char fill;
  };
  std::vector<Held> all;
  size_t taken = 0;
  const auto rounded = [](size_t size) { return (size + 255) / 256 * 256; };
  for (int turn = 0; turn < 400; ++turn) {
    if (!all.empty() && test.random_below(5) < 2) {
      const auto index = test.random_below(static_cast<int64_t>(all.size()));
      const Held held = all[static_cast<size_t>(index)];
      all.erase(all.begin() + index);
      test.expect(std::all_of(held.place, held.place + held.size, [&](unsigned char c) { return c == held.fill; }),
                  "another's bytes in a piece");
      memory.give_back(held.place);
      taken -= rounded(held.size);
    } else {
      const auto size = static_cast<size_t>(1 + test.random_below(test.random_below(9) == 0 ? 1 << 20 : 3000));
      auto* const place = static_cast<unsigned char*>(memory.take(size, "a piece"));
      test.expect(reinterpret_cast<uintptr_t>(place) % 256 == 0, "a piece is not aligned");
      const auto fill = static_cast<unsigned char>(turn);
      std::memset(place, fill, size);
      all.push_back({place, size, fill});
      taken += rounded(size);
    }
    test.expect(memory.taken_bytes() == taken, "another count of what is taken");
  }
  for (const Held& held : all) memory.give_back(held.place);
  test.expect(memory.taken_bytes() == 0, "something is left");
});

const Case reuse("device_memory_reuse", [](Test& test) {
  DeviceMemory memory;
  void* const first = memory.take(1000, "first");
  void* const second = memory.take(300, "second");
  void* const third = memory.take(1000, "third");
  void* const fourth = memory.take(300, "fourth");
  void* const last = memory.take(1, "last");
  test.expect_equal(static_cast<double>(memory.held_bytes()), kSegment, "small pieces share a segment");
  memory.give_back(fourth);
  memory.give_back(second);
  memory.give_back(first);
  // The pieces of first and second are one of 1536 bytes: of what serves, the smallest.
  test.expect(memory.take(400, "again") == fourth, "not the smallest piece that serves");
  test.expect(memory.take(1500, "both") == first, "free neighbours are not one");
  memory.give_back(last);
  memory.give_back(fourth);
  memory.give_back(third);
  memory.give_back(first);
  const void* const all = memory.take(kSegment, "all");
  test.expect(all == first, "the whole segment is not one piece again");
  test.expect_equal(static_cast<double>(memory.held_bytes()), kSegment, "no second segment");
});

const Case lowest("device_memory_lowest", [](Test& test) {
  DeviceMemory memory;
  std::vector<void*> pieces;
  for (int i = 0; i < 7; ++i) pieces.push_back(memory.take(256, "a piece"));
  for (const int i : {5, 1, 3}) memory.give_back(pieces[static_cast<size_t>(i)]);
  for (const int i : {1, 3, 5})
    test.expect(memory.take(256, "again") == pieces[static_cast<size_t>(i)], "not the lowest");
});

const Case most_taken("device_memory_most", [](Test& test) {
  DeviceMemory memory;
  void* const first = memory.take(1024, "first");
  void* const second = memory.take(2048, "second");
  memory.give_back(first);
  memory.take(256, "third");
  test.expect_equal(static_cast<double>(memory.take_most_bytes()), 3072, "the most at once");
  test.expect_equal(static_cast<double>(memory.take_most_bytes()), 2304, "since then what is there");
  memory.give_back(second);
  memory.take(512, "fourth");
  test.expect_equal(static_cast<double>(memory.take_most_bytes()), 2304, "before it was given back");
  test.expect_equal(static_cast<double>(memory.take_most_bytes()), 768, "without what was given back");
});

const Case segments("device_memory_segments", [](Test& test) {
  DeviceMemory memory;
  void* const first = memory.take(kSegment, "first");
  void* const second = memory.take(kSegment, "second");
  memory.give_back(first);
  memory.give_back(second);
  memory.take(kSegment + kMega, "larger");
  test.expect_equal(static_cast<double>(memory.held_bytes()), 3 * kSegment + 2 * kMega, "two segments are not one");
});

const Case unused_released("device_memory_shortage", [](Test& test) {
  const Room room(80 * kMega);
  DeviceMemory memory;
  void* const large = memory.take(40 * kMega, "large");
  const void* const small = memory.take(kMega, "small");
  memory.give_back(large);
  test.expect(memory.take(48 * kMega, "larger") != nullptr && small, "what nobody uses does not go back");
  test.expect_equal(static_cast<double>(memory.held_bytes()), 80 * kMega, "used segments stay");
  expect_shortage(test, "logits", 32 * kMega, 0, 49 * kMega, [&] { memory.take(31 * kMega + 1, "logits"); });
  test.expect(memory.take(31 * kMega, "the rest") != nullptr, "what is left serves still");
});

const Case small_segment("device_memory_small_segment", [](Test& test) {
  const Room room(5 * kMega);
  DeviceMemory memory;
  memory.take(3 * kMega, "a piece");
  test.expect_equal(static_cast<double>(memory.held_bytes()), 4 * kMega, "a segment no larger than needed");
  expect_shortage(test, "a second", 2 * kMega, kMega, 3 * kMega, [&] { memory.take(2 * kMega, "a second"); });
});

const Case reservation("device_memory_reserve", [](Test& test) {
  const Room room(100 * kMega);
  DeviceMemory memory;
  memory.reserve(90 * kMega, "the run");
  test.expect_equal(static_cast<double>(memory.held_bytes()), 90 * kMega, "one segment at once");
  memory.reserve(70 * kMega, "the run");
  test.expect_equal(static_cast<double>(memory.held_bytes()), 90 * kMega, "what is free already serves");
  for (int i = 0; i < 9; ++i) memory.take(10 * kMega, "a piece");
  test.expect_equal(static_cast<double>(memory.held_bytes()), 90 * kMega, "pieces come from it");
  expect_shortage(test, "another run", 11 * kMega, 10 * kMega, 90 * kMega,
                  [&] { memory.reserve(11 * kMega, "another run"); });
});

/** What was used before is no number when it is taken again. */
const Case undefined_contents("device_memory_contents", [](Test& test) {
  DeviceMemory memory;
  auto* const place = static_cast<float*>(memory.take(1000, "first"));
  std::fill(place, place + 250, 1.0f);
  memory.give_back(place);
  const auto* const again = static_cast<const float*>(memory.take(1000, "again"));
  test.expect(again == place && std::all_of(again, again + 250, [](float x) { return std::isnan(x); }), "old numbers");
});

}  // namespace
}  // namespace adapter_lab::test
