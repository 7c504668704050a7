// How another thread ends a running generation, or one prompt of it.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>

namespace adapter_lab {

class StopSignal {
 public:
  explicit StopSignal(int64_t prompts)
      : prompts_(prompts), stopped_(new std::atomic<bool>[static_cast<size_t>(prompts)]()) {}

  void stop_all() { all_ = true; }
  /** A number that no prompt has is passed over. */
  void stop(int64_t prompt) {
    if (prompt >= 0 && prompt < prompts_) stopped_[static_cast<size_t>(prompt)] = true;
  }
  bool stops(int64_t prompt) const { return all_ || stopped_[static_cast<size_t>(prompt)]; }

 private:
  int64_t prompts_;
  std::atomic<bool> all_{false};
  std::unique_ptr<std::atomic<bool>[]> stopped_;
};

}  // namespace adapter_lab
