// A cache of sectors that forgets the one not used for longest, and writes a changed one to memory when it forgets it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>
#include <utility>

namespace adapter_lab::emulation {

class Cache {
 public:
  /** No limit: 0. */
  explicit Cache(int64_t sectors) : limit_(static_cast<size_t>(sectors)) {}

  /** Whether the sector has to be read from memory. */
  bool read(uint64_t sector);
  /** `written_sectors` grows when the sector goes to memory. A write reads nothing: bytes are masked. */
  void write(uint64_t sector, int64_t* written_sectors);
  /** All changed sectors go to memory. */
  void flush();

 private:
  struct Entry {
    uint64_t sector;
    int64_t* written_sectors;  // null: unchanged
  };
  using Entries = std::list<Entry>;

  /** The entry, now the latest used, and whether it is new. */
  std::pair<Entry*, bool> touch(uint64_t sector);

  size_t limit_;
  Entries entries_;  // the latest used first
  std::unordered_map<uint64_t, Entries::iterator> places_;
};

}  // namespace adapter_lab::emulation
