#include "cuda/emulation/writes.h"

#include <string>

#include "cuda/emulation/fault.h"

namespace adapter_lab::emulation {

void Writes::note(const void* address, Stamp now, const Location& at, const Races& block) {
  if (2 * count_ >= cells_.size()) grow();
  Cell& cell = find(address);
  if (cell.stamp < begin_) {
    ++count_;
  } else if (!block.is_of_block(cell.stamp)) {
    fail("an element is written that another block wrote at " + name_of(cell.at), at);
  } else if (block.races(cell.stamp, now)) {
    fail("threads " + std::to_string(Races::thread_of(cell.stamp)) + " and " + std::to_string(Races::thread_of(now)) +
             " write the same element, the first at " + name_of(cell.at) + ", with no barrier between",
         at);
  }
  cell = {address, now, at};
}

/** The element's cell, or the free one where it belongs. */
Writes::Cell& Writes::find(const void* address) {
  // Neighbours, which are mostly written one after the other, have neighbouring cells. An odd step comes to every cell.
  constexpr size_t kNeighbours = 32;
  const uintptr_t place = reinterpret_cast<uintptr_t>(address) / 2;
  const uint64_t mixed = place / kNeighbours * 0x9e3779b97f4a7c15u;
  for (size_t at = (mixed >> 32) * kNeighbours + place % kNeighbours;; at += kNeighbours + 1) {
    Cell& cell = cells_[at & (cells_.size() - 1)];
    if (cell.address == address || cell.stamp < begin_) return cell;
  }
}

void Writes::grow() {
  std::vector<Cell> old(2 * cells_.size());
  old.swap(cells_);
  for (const Cell& cell : old)
    if (cell.stamp >= begin_ && cell.stamp > 0) find(cell.address) = cell;
}

}  // namespace adapter_lab::emulation
