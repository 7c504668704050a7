// The k best continuations of a row. Blocks whose maximum cannot be among them are passed over.
#include <cmath>

#include "cpu/cpu_ops.h"

namespace adapter_lab {
namespace {

/** The k best of a row, descending; of equals the one that came first. */
class Best {
 public:
  Best(float* values, int32_t* indices, int64_t k) : values_(values), indices_(indices), k_(k) {}

  bool wants(float value) const { return count_ < k_ || value > values_[k_ - 1]; }

  void insert(float value, int32_t index) {
    int64_t place = count_ < k_ ? count_++ : k_ - 1;
    for (; place > 0 && value > values_[place - 1]; --place) {
      values_[place] = values_[place - 1];
      indices_[place] = indices_[place - 1];
    }
    values_[place] = value;
    indices_[place] = index;
  }

 private:
  float* values_;
  int32_t* indices_;
  int64_t k_;
  int64_t count_ = 0;
};

constexpr int64_t kBlock = 128;

}  // namespace

void CpuOps::top_log_probabilities(float* values, int32_t* indices, Tensor logits, int64_t k) {
  const int64_t n = logits.cols;
  for_rows(logits.rows, 2 * n, [&](int64_t row) {
    const float* x = logits.row(row);
    float* row_values = values + row * k;
    Best best(row_values, indices + row * k, k);
    for (int64_t first = 0; first < n; first += kBlock) {
      const int64_t end = std::min(n, first + kBlock);
      if (!best.wants(kernels_.row_max(x + first, end - first))) continue;
      for (int64_t i = first; i < end; ++i)
        if (best.wants(x[i])) best.insert(x[i], static_cast<int32_t>(i));
    }
    const float most = row_values[0];
    const double log_sum = std::log(kernels_.exp_sum(x, most, n)) + static_cast<double>(most);
    for (int64_t i = 0; i < k; ++i) row_values[i] = static_cast<float>(static_cast<double>(row_values[i]) - log_sum);
  });
}

}  // namespace adapter_lab
