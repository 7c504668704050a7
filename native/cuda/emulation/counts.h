// What kernels move, counted while a Counting lives: bytes that warps ask for, sectors that their accesses touch,
// memory traffic behind a modelled L2, conflicts of shared memory. Of a warp's lanes those accesses belong together
// that are made for the same time since the last barrier at the same place in the source; lanes that took another way
// there may be told apart wrongly, so that such an access counts for more than it is.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "cuda/emulation/location.h"

namespace adapter_lab::emulation {

constexpr int64_t kSectorBytes = 32;

/** Of one kernel's launches, or of all. An access is of a warp, a transfer a copy from or to the host. */
struct Counts {
  int64_t launches = 0;
  int64_t read_bytes = 0;  // asked for: those that lanes of one access share count once
  int64_t written_bytes = 0;
  int64_t sectors = 0;         // touched: what L2 gives and takes, were there no L1
  int64_t needed_sectors = 0;  // were every access packed
  int64_t distinct_read_bytes = 0;  // whole sectors: what a cache without end would read and write
  int64_t distinct_written_bytes = 0;
  int64_t memory_read_bytes = 0;  // what the modelled L2 reads and writes, the kernel's share of its last contents too
  int64_t memory_written_bytes = 0;
  int64_t shared_passes = 0;         // of 32 banks
  int64_t needed_shared_passes = 0;  // were there no conflicts
  int64_t transfers = 0;
  int64_t transferred_bytes = 0;

  int64_t asked_bytes() const { return read_bytes + written_bytes; }
  int64_t distinct_bytes() const { return distinct_read_bytes + distinct_written_bytes; }
  int64_t memory_bytes() const { return memory_read_bytes + memory_written_bytes; }
  Counts& operator+=(const Counts& other);
};

/** A GPU as far as its L2 goes: LRU over sectors; blocks that its multiprocessors hold at once take turns. */
struct CacheModel {
  int64_t l2_bytes;
  int multiprocessors;

  /** A work of 1 / `parts` of the rows on a GPU of 1 / `parts` of the size. */
  CacheModel part(int parts) const { return {l2_bytes / parts, multiprocessors > parts ? multiprocessors / parts : 1}; }
};
constexpr CacheModel kA100{int64_t{40} << 20, 108};

class Recorder;

/** Counts from its beginning to its end. Only one may live at a time. */
class Counting {
 public:
  explicit Counting(CacheModel model = kA100);
  ~Counting();
  Counting(const Counting&) = delete;
  Counting& operator=(const Counting&) = delete;

  /** By kernel, and by direction of transfers. What L2 still holds is written to memory first. */
  const std::map<std::string, Counts>& by_kernel();
  Counts total();

 private:
  std::unique_ptr<Recorder> recorder_;
};

// ---- what the emulation tells it --------------------------------------------------------------
enum class AccessKind : uint8_t { kRead, kWrite, kSharedRead, kSharedWrite };

/** Null while nobody counts. */
extern Recorder* recorder;

void record(AccessKind kind, uint64_t address, size_t bytes, const Location& at);
void record_launch(const char* kernel, unsigned threads, size_t shared_bytes);
void record_barrier();
void record_block_end();
void record_transfer(const char* direction, size_t bytes);

inline void count_access(AccessKind kind, const void* address, size_t bytes, const Location& at) {
  if (recorder) [[unlikely]]
    record(kind, reinterpret_cast<uint64_t>(address), bytes, at);
}
inline void count_shared(AccessKind kind, size_t offset, size_t bytes, const Location& at) {
  if (recorder) [[unlikely]]
    record(kind, offset, bytes, at);
}

}  // namespace adapter_lab::emulation
