// Calls of one engine take effect in the order they were made, on whatever threads libuv picks. Those that only read
// what training changes between steps run beside the passes of a step.
#pragma once
#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

namespace adapter_lab {

enum class Access : uint8_t {
  kReads,    // what kChanges alone changes, and no operation of the backend: beside each other and beside a pass
  kPass,     // computes, and changes what no kReads looks at: one at a time
  kChanges,  // alone
};

class Turns {
 public:
  /** In call order. */
  uint64_t draw(Access access) {
    const std::lock_guard lock(mutex_);
    calls_.push_back({next_, access});
    return next_++;
  }

  /** Holds the engine from the call's turn on until the end of the scope. */
  class Held {
   public:
    Held(Turns& turns, uint64_t ticket) : turns_(turns), ticket_(ticket) {
      std::unique_lock lock(turns_.mutex_);
      turns_.changed_.wait(lock, [&] { return turns_.is_turn_of(ticket); });
    }
    ~Held() {
      {
        const std::lock_guard lock(turns_.mutex_);
        std::erase_if(turns_.calls_, [&](const Call& call) { return call.ticket == ticket_; });
      }
      turns_.changed_.notify_all();
    }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

   private:
    Turns& turns_;
    uint64_t ticket_;
  };

 private:
  struct Call {
    uint64_t ticket;
    Access access;
  };

  static bool bear_each_other(Access a, Access b) {
    if (a == Access::kChanges || b == Access::kChanges) return false;
    return a == Access::kReads || b == Access::kReads;
  }

  /** No earlier call that is not done stands in its way. */
  bool is_turn_of(uint64_t ticket) const {
    const auto own = std::ranges::find(calls_, ticket, &Call::ticket);
    return std::none_of(calls_.begin(), own,
                        [&](const Call& call) { return !bear_each_other(call.access, own->access); });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t next_ = 0;
  std::vector<Call> calls_;  // not done, in call order
};

}  // namespace adapter_lab
