// Where the cached keys of each beam's own tokens lie. Beams that continue the same text name the same places, so a
// beam that follows another copies a list of numbers and no keys; places that no beam names any more are used again.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "generate/beam_search.h"

namespace adapter_lab {

class BeamPlaces {
 public:
  /** Places from `first` on. */
  explicit BeamPlaces(int64_t first) : first_(first), lines_(1) {}

  /** Each running beam takes over its parent's places and gets one for its last token. */
  void follow(std::span<const BeamSearch::Running> running);
  /** In the order of the beam's tokens. */
  std::span<const int32_t> of(size_t beam) const { return lines_[beam]; }

 private:
  int64_t first_;
  std::vector<std::vector<int32_t>> lines_;
};

}  // namespace adapter_lab
