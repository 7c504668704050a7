// The log probabilities of given tokens; sums and logarithms in double.
#include <cmath>
#include <vector>

#include "cpu/cpu_ops.h"

namespace adapter_lab {

void CpuOps::log_probabilities(double* values, Tensor logits, std::span<const TokenPick> picks) {
  std::vector<double> log_sums(static_cast<size_t>(logits.rows));
  for_rows(logits.rows, 2 * logits.cols, [&](int64_t row) {
    const float* x = logits.row(row);
    const float most = kernels_.row_max(x, logits.cols);
    log_sums[static_cast<size_t>(row)] = std::log(kernels_.exp_sum(x, most, logits.cols)) + static_cast<double>(most);
  });
  for (size_t i = 0; i < picks.size(); ++i)
    values[i] =
        static_cast<double>(logits.row(picks[i].row)[picks[i].token]) - log_sums[static_cast<size_t>(picks[i].row)];
}

}  // namespace adapter_lab
