// Continues prompts with a key/value cache. The prompt's cache is shared by its beams; each beam owns
// the cache of its new tokens alone.
#pragma once
#include <cstdint>
#include <vector>

#include "model/beam_search.h"
#include "model/transformer.h"

namespace adapter_lab {

struct GenerateRequest {
  std::vector<std::vector<int32_t>> prompts;
  int64_t max_new_tokens;
  int64_t beams;
  std::vector<int32_t> end_tokens;
};

/** The new tokens of each prompt, end tokens not included. */
std::vector<std::vector<int32_t>> generate(Ops& ops, Transformer& model, const GenerateRequest& request);

}  // namespace adapter_lab
