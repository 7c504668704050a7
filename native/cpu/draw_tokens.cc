// Sampling: temperature here, the cut and the choice in ops/draw_token.h.
#include <cmath>
#include <vector>

#include "cpu/cpu_ops.h"
#include "ops/draw_token.h"

namespace adapter_lab {

void CpuOps::draw_tokens(int32_t* tokens, float* values, Tensor logits, std::span<const double> draws, Cut cut) {
  const auto n = static_cast<size_t>(logits.cols);
  for_rows(logits.rows, 4 * logits.cols, [&](int64_t row) {
    const float* x = logits.row(row);
    std::vector<float> scores(n);
    std::vector<float> weights(n);
    for (size_t i = 0; i < n; ++i) scores[i] = x[i] / cut.temperature;
    const float most = kernels_.row_max(scores.data(), logits.cols);
    const double total = kernels_.exp_row(weights.data(), scores.data(), 1.0f, most, logits.cols);
    const auto weight_of = [&](int32_t token) { return weights[static_cast<size_t>(token)]; };
    const int32_t token = draw_token(scores, weight_of, total, draws[static_cast<size_t>(row)], cut);
    const float top = kernels_.row_max(x, logits.cols);
    const double log_sum = std::log(kernels_.exp_sum(x, top, logits.cols)) + static_cast<double>(top);
    tokens[row] = token;
    values[row] = static_cast<float>(static_cast<double>(x[token]) - log_sum);
  });
}

}  // namespace adapter_lab
