#include "generate/key_value_blocks.h"

#include <utility>

namespace adapter_lab {

KeyValueBlocks::KeyValueBlocks(Ops& ops, const ModelShape& shape)
    : ops_(ops),
      layer_floats_(2 * shape.kv_heads * shape.head_dim * kCacheBlock),
      block_floats_(shape.layers * layer_floats_) {}

float* KeyValueBlocks::take() {
  if (free_.empty()) {
    memory_.push_back(ops_.allocate(static_cast<size_t>(block_floats_) * sizeof(float), "cached keys and values"));
    free_.reserve(memory_.size());  // giving back must not fail
    free_.push_back(static_cast<float*>(memory_.back().data()));
  }
  float* block = free_.back();
  free_.pop_back();
  ops_.zero(whole(block));
  return block;
}

void TextCache::swap(TextCache& other) noexcept {
  std::swap(pool_, other.pool_);
  std::swap(blocks_, other.blocks_);
  std::swap(shared_, other.shared_);
}

TextCache::~TextCache() {
  for (size_t i = shared_; i < blocks_.size(); ++i) pool_->give_back(blocks_[i]);
}

void TextCache::begin_with(const TextCache& other, int64_t places) {
  shared_ = static_cast<size_t>(places / kCacheBlock);
  blocks_.assign(other.blocks_.begin(), other.blocks_.begin() + static_cast<std::ptrdiff_t>(shared_));
  if (places % kCacheBlock != 0) pool_->copy(at(places).block, other.blocks_[shared_]);
}

CachePlace TextCache::at(int64_t place) {
  const auto block = static_cast<size_t>(place / kCacheBlock);
  while (blocks_.size() <= block) {
    blocks_.reserve(blocks_.size() + 1);  // a block that was taken must find its place
    blocks_.push_back(pool_->take());
  }
  return {blocks_[block], place % kCacheBlock};
}

}  // namespace adapter_lab
