#include "cuda/emulation/cache.h"

namespace adapter_lab::emulation {

std::pair<Cache::Entry*, bool> Cache::touch(uint64_t sector) {
  if (const auto found = places_.find(sector); found != places_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return {&entries_.front(), false};
  }
  if (limit_ > 0 && entries_.size() == limit_) {
    const Entry& oldest = entries_.back();
    if (oldest.written_sectors) ++*oldest.written_sectors;
    places_.erase(oldest.sector);
    entries_.pop_back();
  }
  entries_.push_front({sector, nullptr});
  places_[sector] = entries_.begin();
  return {&entries_.front(), true};
}

bool Cache::read(uint64_t sector) { return touch(sector).second; }

void Cache::write(uint64_t sector, int64_t* written_sectors) { touch(sector).first->written_sectors = written_sectors; }

void Cache::flush() {
  for (Entry& entry : entries_) {
    if (entry.written_sectors) ++*entry.written_sectors;
    entry.written_sectors = nullptr;
  }
}

}  // namespace adapter_lab::emulation
