// Accesses of the threads of a block, put together to those of its warps.
#pragma once
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "cuda/emulation/counts.h"

namespace adapter_lab::emulation {

/** Of one lane. */
struct LaneAccess {
  uint64_t address;  // or offset into shared memory
  uint64_t bytes;
};

class WarpAccesses {
 public:
  void begin(unsigned threads);
  void add(unsigned thread, AccessKind kind, LaneAccess access, const Location& at);
  /** run(kind, lanes) for each access of each warp; forgets them. */
  template <class Run>
  void drain(Run&& run) {
    for (std::vector<Site>& warp : warps_)
      for (size_t site = 0; site < warp.size(); ++site) {
        for (const Lanes& lanes : warp[site].accesses) run(kinds_[site], std::span(lanes.access, lanes.count));
        warp[site] = {};
      }
  }

 private:
  static constexpr size_t kWarp = 32;
  struct Lanes {
    size_t count = 0;
    LaneAccess access[kWarp];
  };
  /** A place in the source: its accesses since the last barrier, and how many each lane has made. */
  struct Site {
    std::vector<Lanes> accesses;
    uint32_t made[kWarp] = {};
  };

  size_t site_of(AccessKind kind, const Location& at);

  std::vector<std::vector<Site>> warps_;
  std::unordered_map<uint64_t, size_t> sites_;
  std::vector<AccessKind> kinds_;
};

}  // namespace adapter_lab::emulation
