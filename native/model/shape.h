// A LLaMA-family architecture with everything resolved (extension/trainer/addon.ts, ModelShape).
#pragma once
#include <cstdint>
#include <vector>

namespace adapter_lab {

struct ModelShape {
  int64_t layers;
  int64_t hidden;
  int64_t heads;
  int64_t kv_heads;
  int64_t head_dim;
  int64_t intermediate;
  int64_t vocabulary;
  float norm_epsilon;
  bool tied_head;
  std::vector<float> inverse_frequencies;  // head_dim / 2
  std::vector<int64_t> windows;            // one a layer, 0: everything before
};

}  // namespace adapter_lab
