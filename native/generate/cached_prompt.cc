#include "generate/cached_prompt.h"

#include <algorithm>

namespace adapter_lab {
namespace {

size_t common_length(std::span<const std::vector<int32_t>> prompts) {
  size_t common = prompts.front().size();
  for (const std::vector<int32_t>& prompt : prompts) {
    const size_t most = std::min(common, prompt.size() - 1);
    const auto end = prompt.begin() + static_cast<std::ptrdiff_t>(most);
    const auto differing = std::mismatch(prompt.begin(), end, prompts.front().begin()).first;
    common = static_cast<size_t>(differing - prompt.begin());
  }
  return common;
}

}  // namespace

CachedPrompt::CachedPrompt(KeyValueBlocks& pool, std::span<const int32_t> tokens, const CachedPrompt& prefix)
    : cache_(pool), tokens_(tokens), computed_(prefix.length()) {
  cache_.begin_with(prefix.cache_, computed_);
}

int64_t CachedPrompt::add_rows(CachedPass& pass, int64_t most, Wanted wanted) {
  const int64_t count = std::min(most, length() - computed_);
  if (count == 0) return 0;
  pass.begin_text(cache_);
  for (int64_t i = 0; i < count; ++i) {
    pass.add(tokens_[static_cast<size_t>(computed_)], {computed_, computed_ + 1, {}}, computed_);
    ++computed_;
    if (wanted == Wanted::kAll || is_ready()) pass.want();
  }
  return count;
}

SharedPrefix::SharedPrefix(Pass& pass, Transformer& model, KeyValueBlocks& pool,
                           std::span<const std::vector<int32_t>> prompts)
    : pool_(pool) {
  const size_t length = prompts.size() > 1 ? common_length(prompts) : 0;
  if (length == 0) return;
  prefix_.emplace(pool, std::span(prompts.front()).first(length));
  while (!prefix_->is_ready()) {
    const ArenaScope scope(pass.saved);
    CachedPass part(pool.layer_floats());
    prefix_->add_rows(part, kPromptRows);
    part.run(pass, model);
  }
}

CachedPrompt SharedPrefix::begin(std::span<const int32_t> tokens) const {
  return prefix_ ? CachedPrompt(pool_, tokens, *prefix_) : CachedPrompt(pool_, tokens);
}

}  // namespace adapter_lab
