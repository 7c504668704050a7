// A prompt on its way into the cache, and what several prompts begin with, computed once for all of them.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "generate/cached_pass.h"

namespace adapter_lab {

/** Rows of prompts in one pass: enough for products at full speed, few enough that running texts wait little. */
constexpr int64_t kPromptRows = 256;

class CachedPrompt {
 public:
  /** `tokens` must stay. */
  CachedPrompt(KeyValueBlocks& pool, std::span<const int32_t> tokens) : cache_(pool), tokens_(tokens) {}
  /** Begins with all of `prefix`, which must stay. */
  CachedPrompt(KeyValueBlocks& pool, std::span<const int32_t> tokens, const CachedPrompt& prefix);

  bool is_ready() const { return computed_ == length(); }
  int64_t length() const { return static_cast<int64_t>(tokens_.size()); }
  TextCache& cache() { return cache_; }
  enum class Wanted { kLast, kAll };
  /** Adds the next tokens, at most so many. Wanted is the last token of the prompt, or all. Returns how many. */
  int64_t add_rows(CachedPass& pass, int64_t most, Wanted wanted = Wanted::kLast);

 private:
  TextCache cache_;
  std::span<const int32_t> tokens_;
  int64_t computed_ = 0;
};

/** What all prompts begin with. Each keeps at least one token of its own. */
class SharedPrefix {
 public:
  /** Computes it; there is none for a single prompt or where it would not pay. `prompts` must stay. */
  SharedPrefix(Pass& pass, Transformer& model, KeyValueBlocks& pool, std::span<const std::vector<int32_t>> prompts);

  CachedPrompt begin(std::span<const int32_t> tokens) const;
  int64_t length() const { return prefix_ ? prefix_->length() : 0; }

 private:
  KeyValueBlocks& pool_;
  std::optional<CachedPrompt> prefix_;
};

}  // namespace adapter_lab
