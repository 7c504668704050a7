// Sampling: temperature, then the likeliest k, then the smallest set that holds p, in the order and with the limits of
// transformers' processors. Only as many tokens are sorted as the cut needs.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "cpu/cpu_ops.h"

namespace adapter_lab {
namespace {

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

/** The token that `draw` picks. scores: logits / temperature; weights: their exponentials, which sum to `total`. */
int32_t pick(std::span<const float> scores, std::span<const float> weights, double total, double draw, const Cut& cut) {
  Ranking ranking(scores);
  const auto weight = [&](size_t rank) {
    return static_cast<double>(weights[static_cast<size_t>(ranking[rank])]);
  };
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

}  // namespace

void CpuOps::draw_tokens(int32_t* tokens, float* values, Tensor logits, std::span<const double> draws, Cut cut) {
  const auto n = static_cast<size_t>(logits.cols);
  for_rows(logits.rows, 4 * logits.cols, [&](int64_t row) {
    const float* x = logits.row(row);
    std::vector<float> scores(n);
    std::vector<float> weights(n);
    for (size_t i = 0; i < n; ++i) scores[i] = x[i] / cut.temperature;
    const float most = kernels_.row_max(scores.data(), logits.cols);
    const double total = kernels_.exp_row(weights.data(), scores.data(), 1.0f, most, logits.cols);
    const int32_t token = pick(scores, weights, total, draws[static_cast<size_t>(row)], cut);
    const float top = kernels_.row_max(x, logits.cols);
    const double log_sum = std::log(kernels_.exp_sum(x, top, logits.cols)) + static_cast<double>(top);
    tokens[row] = token;
    values[row] = static_cast<float>(static_cast<double>(x[token]) - log_sum);
  });
}

}  // namespace adapter_lab
