#include "cuda/emulation/races.h"

#include <algorithm>

#include "cuda/emulation/fault.h"

namespace adapter_lab::emulation {

void Races::begin(size_t bytes) {
  const size_t lines = (bytes + kLine - 1) / kLine;
  units_.assign(lines, kUnset);
  for (unsigned unit = 0; unit < planes_.size(); ++unit)
    if (planes_[unit].size() < lines * (kLine >> unit)) planes_[unit].resize(lines * (kLine >> unit));
}

void Races::report(const Access& first, const Access& second, size_t offset, const char* what) {
  throw Fault("threads " + std::to_string(thread_of(first.stamp)) + " and " + std::to_string(thread_of(second.stamp)) +
              " race for byte " + std::to_string(offset) + " of shared memory: " + what + " at " + name_of(first.at) +
              " and " + name_of(second.at) + ", with no barrier between");
}

void Races::report_unset(size_t offset, Location at) {
  fail("byte " + std::to_string(offset) + " of shared memory is read before anything was written", at);
}

void Races::write_cell(Cell& cell, size_t offset, Stamp now, Location at) {
  const Access access{now, at};
  if (races(cell.writer.stamp, now)) report(cell.writer, access, offset, "written twice,");
  for (const Access& reader : cell.readers)
    if (races(reader.stamp, now)) report(reader, access, offset, "read and written");
  cell.writer = access;
}

/** Those of `bytes` bytes; all lines that hold them have one unit, as they belong to one array, or are made to. */
Races::Cells Races::cells(size_t offset, size_t bytes, unsigned unit) {
  const size_t first = offset / kLine;
  const size_t last = (offset + bytes - 1) / kLine;
  unsigned smallest = unit;
  for (size_t line = first; line <= last; ++line) smallest = std::min<unsigned>(smallest, units_[line]);
  for (size_t line = first; line <= last; ++line) split(line, smallest);
  Cell* const plane = planes_[smallest].data();
  return {plane + (offset >> smallest), plane + ((offset + bytes) >> smallest)};
}

/** What was noted of a larger cell holds for each of its parts. */
void Races::split(size_t line, unsigned unit) {
  const unsigned old = units_[line];
  if (old == unit) return;
  units_[line] = static_cast<uint8_t>(unit);
  if (old == kUnset) return;
  const size_t begin = line * kLine;
  for (size_t at = begin; at < begin + kLine; at += size_t{1} << unit)
    planes_[unit][at >> unit] = planes_[old][at >> old];
}

}  // namespace adapter_lab::emulation
