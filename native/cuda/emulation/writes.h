// Finds elements of global memory that two threads write in one launch with no barrier between, be it the same value:
// threads of different blocks are never ordered.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "cuda/emulation/races.h"

namespace adapter_lab::emulation {

class Writes {
 public:
  /** A launch begins, all of whose writes are of this tick or later. */
  void begin(uint64_t tick) {
    begin_ = stamp_of(tick, 0);
    count_ = 0;
  }
  /** Throws a Fault that names both places. */
  void note(const void* address, Stamp now, const Location& at, const Races& block);

 private:
  struct Cell {
    const void* address = nullptr;
    Stamp stamp = 0;
    Location at;
  };

  Cell& find(const void* address);
  void grow();

  // Open addressing; what an earlier launch left behind counts as free.
  std::vector<Cell> cells_ = std::vector<Cell>(size_t{1} << 12);
  size_t count_ = 0;
  Stamp begin_ = 0;
};

}  // namespace adapter_lab::emulation
