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

  /** rows x cols numbers, 64-byte aligned, contents undefined, valid until released. */
  Tensor take(int64_t rows, int64_t cols, DType dtype);
  /** What flows through the model: of the backend's type. */
  Tensor take(int64_t rows, int64_t cols) { return take(rows, cols, ops_.activation_type()); }
  /** What is f32 on every backend: statistics, logits, what concerns parameters and weights. */
  Tensor take_f32(int64_t rows, int64_t cols) { return take(rows, cols, DType::f32); }
  Mark mark() const { return {block_, used_}; }
  void release(Mark mark);
  /** Nothing is taken yet: one block of so much, so that what a plan has counted needs no other. */
  void reserve(size_t size_bytes);
  /** Releases everything; merges the blocks into one. */
  void reset();
  size_t size_bytes() const;
  /** What nobody needed since this was last asked: the size without the most that was taken at once. */
  size_t take_idle_bytes();

 private:
  size_t height_bytes() const;

  Ops& ops_;
  std::vector<Buffer> blocks_;
  size_t block_ = 0;
  size_t used_ = 0;
  size_t most_bytes_ = 0;
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
