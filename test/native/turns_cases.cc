// In which order calls of an engine may run. The backend is not used.
#include <array>
#include <atomic>
#include <chrono>
#include <thread>

#include "binding/turns.h"
#include "harness.h"

namespace adapter_lab::test {
namespace {

constexpr std::array kAll{Access::kReads, Access::kPass, Access::kChanges};

/** Whether a call of `later` begins within `patience` while one of `earlier` is not done. */
bool runs_beside(Access earlier, Access later, std::chrono::milliseconds patience) {
  Turns turns;
  const uint64_t first = turns.draw(earlier);
  const uint64_t second = turns.draw(later);
  std::atomic<bool> has_begun = false;
  std::thread other([&] {
    const Turns::Held held(turns, second);
    has_begun = true;
  });
  bool is_beside = false;
  {
    const Turns::Held held(turns, first);
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!has_begun && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    is_beside = has_begun;
  }
  other.join();
  return is_beside;
}

const OnceCase pairs("turns", [](Test& test) {
  for (const Access earlier : kAll)
    for (const Access later : kAll) {
      const bool reads = earlier == Access::kReads || later == Access::kReads;
      const bool changes = earlier == Access::kChanges || later == Access::kChanges;
      const bool expected = reads && !changes;
      // One that may begin does so at once, but a busy machine may not let its thread run for long.
      const std::chrono::milliseconds patience(expected ? 10000 : 50);
      test.expect(runs_beside(earlier, later, patience) == expected, "which calls run beside each other");
    }
});

// A change that waits is not overtaken: what is read after it sees it.
const OnceCase order("turns", [](Test& test) {
  Turns turns;
  const uint64_t read = turns.draw(Access::kReads);
  const uint64_t change = turns.draw(Access::kChanges);
  const uint64_t late_read = turns.draw(Access::kReads);
  std::atomic<int> changed = 0;
  std::thread reader([&] {
    const Turns::Held held(turns, late_read);
    test.expect(changed == 1, "a later reading overtook a change");
  });
  std::thread changer([&] {
    const Turns::Held held(turns, change);
    ++changed;
  });
  {
    const Turns::Held held(turns, read);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    test.expect(changed == 0, "a change did not wait for an earlier reading");
  }
  reader.join();
  changer.join();
});

}  // namespace
}  // namespace adapter_lab::test
