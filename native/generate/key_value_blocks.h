// Memory for cached keys and values in blocks of kCacheBlock places: texts take blocks as they grow and give them back
// when they end, so that memory follows what is in work, not what was asked for.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "model/shape.h"
#include "ops/ops.h"

namespace adapter_lab {

class KeyValueBlocks {
 public:
  KeyValueBlocks(Ops& ops, const ModelShape& shape);

  /** One block of zeros for all layers: whatever stands in places that nobody sees must be finite. */
  float* take();
  void give_back(float* block) { free_.push_back(block); }
  void copy(float* to, float* from) { ops_.copy(whole(to), whole(from)); }

  /** One layer's part of a block. */
  int64_t layer_floats() const { return layer_floats_; }
  int64_t allocated() const { return static_cast<int64_t>(memory_.size()); }

 private:
  Tensor whole(float* block) const { return Tensor(block, 1, block_floats_); }

  Ops& ops_;
  int64_t layer_floats_;
  int64_t block_floats_;
  std::vector<Buffer> memory_;
  std::vector<float*> free_;
};

/** The blocks of one text. */
class TextCache {
 public:
  explicit TextCache(KeyValueBlocks& pool) : pool_(&pool) {}
  TextCache(TextCache&& other) noexcept : TextCache(*other.pool_) { swap(other); }
  TextCache& operator=(TextCache&& other) noexcept {
    swap(other);
    return *this;
  }
  ~TextCache();

  /** Begins with the first `places` of another text, which must outlive this one: its whole blocks are shared,
   *  the rest is copied. */
  void begin_with(const TextCache& other, int64_t places);
  /** Grows to hold the place. */
  CachePlace at(int64_t place);
  std::span<float* const> blocks() const { return blocks_; }

 private:
  void swap(TextCache& other) noexcept;

  KeyValueBlocks* pool_;
  std::vector<float*> blocks_;
  size_t shared_ = 0;  // leading blocks that belong to another text
};

}  // namespace adapter_lab
