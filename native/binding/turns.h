// Calls of one engine run one after another in the order they were made, on whatever threads libuv picks.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace adapter_lab {

class Turns {
 public:
  /** On the JavaScript thread, in call order. */
  uint64_t draw() { return next_++; }

  /** Holds the engine from its turn on until the end of the scope. */
  class Held {
   public:
    Held(Turns& turns, uint64_t ticket) : turns_(turns) {
      std::unique_lock lock(turns_.mutex_);
      turns_.changed_.wait(lock, [&] { return turns_.serving_ == ticket; });
    }
    ~Held() {
      {
        const std::lock_guard lock(turns_.mutex_);
        ++turns_.serving_;
      }
      turns_.changed_.notify_all();
    }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

   private:
    Turns& turns_;
  };

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t next_ = 0;
  uint64_t serving_ = 0;
};

}  // namespace adapter_lab
