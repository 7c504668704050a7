// Stack memory for the activations of one pass: saved tensors below, scratch on top, released in
// reverse order. Grows by blocks; the next pass finds one block of the size the last one needed.
#pragma once
#include <cstdint>
#include <vector>

#include "core/buffer.h"
#include "core/tensor.h"
#include "ops/ops.h"

namespace adapter_lab {

class Arena {
 public:
  explicit Arena(Ops& ops) : ops_(ops) {}

  struct Mark {
    size_t block;
    size_t used;
  };

  /** rows x cols floats, 64-byte aligned, contents undefined, valid until released. */
  Tensor take(int64_t rows, int64_t cols);
  Mark mark() const { return {block_, used_}; }
  void release(Mark mark);
  /** Releases everything; merges the blocks into one. */
  void reset();
  size_t size_bytes() const;

 private:
  Ops& ops_;
  std::vector<Buffer> blocks_;
  size_t block_ = 0;
  size_t used_ = 0;
};

/** Releases what was taken during its scope. */
class ArenaScope {
 public:
  explicit ArenaScope(Arena& arena) : arena_(arena), mark_(arena.mark()) {}
  ~ArenaScope() { arena_.release(mark_); }
  ArenaScope(const ArenaScope&) = delete;
  ArenaScope& operator=(const ArenaScope&) = delete;

 private:
  Arena& arena_;
  Arena::Mark mark_;
};

}  // namespace adapter_lab
