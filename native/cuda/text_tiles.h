// Packed texts, cut into the tiles that blocks of attention's kernels work on: one list for all layers of a pass.
#pragma once
#include <vector>

#include "cuda/gpu.h"
#include "ops/ops.h"

namespace adapter_lab::gpu {

constexpr int kTile = 64;  // rows of queries, and of keys

/** kTile rows of a text from packed row `first` on; the text owns rows [start, end). */
struct TextTile {
  int first, start, end;

  __device__ __forceinline__ int last() const { return first + kTile < end ? first + kTile : end; }
  bool operator==(const TextTile&) const = default;
};

/** All texts cut into tiles. */
inline std::vector<TextTile> tiles_of(Sequences texts) {
  std::vector<TextTile> tiles;
  for (size_t text = 0; text + 1 < texts.starts.size(); ++text)
    for (int first = texts.starts[text]; first < texts.starts[text + 1]; first += kTile)
      tiles.push_back({first, texts.starts[text], texts.starts[text + 1]});
  return tiles;
}

}  // namespace adapter_lab::gpu
