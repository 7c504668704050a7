#include "generate/beam_places.h"

#include <algorithm>
#include <utility>

namespace adapter_lab {

void BeamPlaces::follow(std::span<const BeamSearch::Running> running) {
  std::vector<std::vector<int32_t>> next;
  std::vector<int32_t> named;
  for (const BeamSearch::Running& beam : running) {
    next.push_back(lines_[static_cast<size_t>(beam.parent)]);
    named.insert(named.end(), next.back().begin(), next.back().end());
  }
  std::sort(named.begin(), named.end());
  named.erase(std::unique(named.begin(), named.end()), named.end());
  // The lowest places that nobody names.
  auto taken = named.begin();
  auto place = static_cast<int32_t>(first_);
  for (std::vector<int32_t>& line : next) {
    for (; taken != named.end() && *taken == place; ++taken) ++place;
    line.push_back(place++);
  }
  lines_ = std::move(next);
}

}  // namespace adapter_lab
