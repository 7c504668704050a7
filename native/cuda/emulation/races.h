// Finds shared memory that two threads of a block touch, one of them writing, with no barrier between, and what is read
// before anything was written. It goes by what barriers order, not by what happened to come first, so one order of
// threads is enough to find a race.
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "cuda/emulation/location.h"

namespace adapter_lab::emulation {

/** When a thread did something: the tick at which its warp last passed a barrier, and the thread in the lower bits.
 * Ticks never go back, so what earlier blocks did is older than any barrier of this one. */
using Stamp = uint64_t;
constexpr int kThreadBits = 10;
constexpr Stamp stamp_of(uint64_t tick, int thread) { return tick << kThreadBits | static_cast<Stamp>(thread); }

class Races {
 public:
  /** A launch begins whose blocks have so many bytes of shared memory. */
  void begin(size_t bytes);
  /** A block begins, all of whose accesses are of this tick or later. Ticks start at 1. */
  void begin_block(uint64_t tick) { begin_ = floor_ = stamp_of(tick, 0); }
  /** All threads pass a barrier. */
  void order_all(uint64_t tick) { floor_ = stamp_of(tick, 0); }

  /** Of what a thread of some block did before: of this block, and not ordered before what one does now. */
  bool is_of_block(Stamp before) const { return before >= begin_; }
  bool races(Stamp before, Stamp now) const { return before >= floor_ && !is_ordered(before, now); }
  static int thread_of(Stamp stamp) { return static_cast<int>(stamp & ((1 << kThreadBits) - 1)); }

  /** Throw a Fault that names both places. */
  template <size_t kBytes>
  void read(size_t offset, Stamp now, Location at) {
    constexpr unsigned kUnit = unit_of(kBytes);
    if (kBytes == size_t{1} << kUnit && units_[offset / kLine] == kUnit)
      read_cell(planes_[kUnit][offset >> kUnit], offset, now, at);
    else
      for (Cell& cell : cells(offset, kBytes, kUnit)) read_cell(cell, offset, now, at);
  }
  template <size_t kBytes>
  void write(size_t offset, Stamp now, Location at) {
    for (Cell& cell : cells(offset, kBytes, unit_of(kBytes))) write_cell(cell, offset, now, at);
  }

 private:
  static constexpr size_t kLine = 16;  // bytes
  static constexpr unsigned kLargestUnit = 4;
  static constexpr uint8_t kUnset = 0xff;

  struct Access {
    Stamp stamp = 0;
    Location at;
  };
  /** Readers: the two latest lanes of each of two warps are enough to find one that a write races with. A third warp
   * need not be kept, since a write of any warp races with one of the others. */
  struct Cell {
    Access writer;
    std::array<Access, 4> readers;
  };
  struct Cells {
    Cell* first;
    Cell* last;
    Cell* begin() const { return first; }
    Cell* end() const { return last; }
  };

  /** Accesses of so many bytes are kept in cells of 1 << unit bytes. */
  static constexpr unsigned unit_of(size_t bytes) {
    const auto zeros = static_cast<unsigned>(std::countr_zero(bytes));
    return zeros < kLargestUnit ? zeros : kLargestUnit;
  }
  static int warp_of(Stamp stamp) { return thread_of(stamp) / 32; }

  /** Not by a barrier of the block: by being of one thread, or by a barrier of the warp. */
  static bool is_ordered(Stamp before, Stamp now) {
    return thread_of(before) == thread_of(now) ||
           (warp_of(before) == warp_of(now) && before >> kThreadBits < now >> kThreadBits);
  }

  void read_cell(Cell& cell, size_t offset, Stamp now, Location at) {
    if (cell.writer.stamp < begin_) report_unset(offset, at);
    if (races(cell.writer.stamp, now)) report(cell.writer, {now, at}, offset, "written and read");
    Access* pair = cell.readers.data();
    if (is_of_other_warp(*pair, now)) {
      pair += 2;
      if (is_of_other_warp(*pair, now)) return;
    }
    if (pair->stamp == now) return;
    if (thread_of(pair->stamp) != thread_of(now)) pair[1] = pair[0];
    pair[0] = {now, at};
  }
  bool is_of_other_warp(const Access& reader, Stamp now) const {
    return reader.stamp >= floor_ && warp_of(reader.stamp) != warp_of(now);
  }
  void write_cell(Cell& cell, size_t offset, Stamp now, Location at);

  Cells cells(size_t offset, size_t bytes, unsigned unit);
  void split(size_t line, unsigned unit);
  [[noreturn]] static void report_unset(size_t offset, Location at);
  [[noreturn]] static void report(const Access& first, const Access& second, size_t offset, const char* what);

  Stamp begin_ = stamp_of(1, 0);
  Stamp floor_ = stamp_of(1, 0);  // whatever was done before it is ordered before all that is done now
  // Cells of a line are in the plane of its unit: the smallest that it was touched by since the launch began.
  std::vector<uint8_t> units_;
  std::array<std::vector<Cell>, kLargestUnit + 1> planes_;
};

}  // namespace adapter_lab::emulation
