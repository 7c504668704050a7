// Which token of a row is drawn: the likeliest k, then the smallest set that holds p, in the order and with the limits
// of transformers' processors. Only as many tokens are sorted as the cut needs. All backends choose on the host, by
// this: what is left of a row after the cut is walked one token after another, which is no work for a GPU.
#pragma once
#include <algorithm>
#include <numeric>
#include <vector>

#include "ops/ops.h"

namespace adapter_lab {

/** One row's tokens by descending score, equal ones by index; sorted as far as was asked for. */
class Ranking {
 public:
  explicit Ranking(std::span<const float> scores) : scores_(scores), order_(scores.size()) {
    std::iota(order_.begin(), order_.end(), 0);
  }

  int32_t operator[](size_t rank) {
    if (rank >= sorted_) sort_up_to(std::min(order_.size(), std::max<size_t>(64, 8 * (rank + 1))));
    return order_[rank];
  }

 private:
  void sort_up_to(size_t count) {
    const auto before = [&](int32_t a, int32_t b) {
      const float x = scores_[static_cast<size_t>(a)], y = scores_[static_cast<size_t>(b)];
      return x > y || (x == y && a < b);
    };
    const auto from = order_.begin() + static_cast<std::ptrdiff_t>(sorted_);
    const auto to = order_.begin() + static_cast<std::ptrdiff_t>(count);
    std::partial_sort(from, to, order_.end(), before);
    sorted_ = count;
  }

  std::span<const float> scores_;
  std::vector<int32_t> order_;
  size_t sorted_ = 0;
};

/** The token that `draw` picks. scores: logits / temperature; weight_of(token): its exponential; all sum to `total`. */
template <typename Weight>
int32_t draw_token(std::span<const float> scores, const Weight& weight_of, double total, double draw, const Cut& cut) {
  Ranking ranking(scores);
  const auto weight = [&](size_t rank) { return static_cast<double>(weight_of(ranking[rank])); };
  size_t count = scores.size();
  if (cut.top_k > 0 && static_cast<size_t>(cut.top_k) < count) {
    count = static_cast<size_t>(cut.top_k);
    const float least = scores[static_cast<size_t>(ranking[count - 1])];
    while (count < scores.size() && scores[static_cast<size_t>(ranking[count])] == least) ++count;
    total = 0.0;
    for (size_t rank = 0; rank < count; ++rank) total += weight(rank);
  }
  if (cut.top_p < 1.0f) {
    // A token goes if it and all less likely ones hold no more than 1 - p.
    const double dropped = (1.0 - static_cast<double>(cut.top_p)) * total;
    double above = 0.0;
    size_t kept = 0;
    while (kept < count && (kept == 0 || total - above > dropped)) above += weight(kept++);
    count = kept;
    total = above;
  }
  double left = draw * total;
  for (size_t rank = 0; rank + 1 < count; ++rank) {
    left -= weight(rank);
    if (left < 0.0) return ranking[rank];
  }
  return ranking[count - 1];
}

}  // namespace adapter_lab
