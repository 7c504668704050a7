// Sampling: the device sums each row's exponentials, with the temperature and without; rows come down and the host
// chooses (ops/draw_token.h), since a choice walks a few sorted tokens one after another.
#include <cmath>
#include <vector>

#include "cuda/array.h"
#include "cuda/cuda_ops.h"
#include "cuda/row_sum.h"
#include "cuda/view.h"
#include "ops/draw_token.h"

namespace adapter_lab {
namespace {

using namespace gpu;

struct DrawnRow {
  double log_sum;  // of the logits
  double total;    // of exp(logit / temperature - most)
  float most;      // of logit / temperature
};

template <class T>
__global__ void draw_sums_kernel(Array<DrawnRow> sums, View<const T> logits, float temperature) {
  SharedMemory memory;
  const RowSumMemory partial(memory);
  const int64_t row = blockIdx.x;
  const RowSum plain = row_sum(logits.cols, partial, [&](int64_t col) { return logits.load(row, col); });
  const RowSum warm = row_sum(logits.cols, partial, [&](int64_t col) { return logits.load(row, col) / temperature; });
  if (threadIdx.x == 0) sums.store(row, {plain.logarithm(), warm.sum, warm.most});
}

}  // namespace

void CudaOps::draw_tokens(int32_t* tokens, float* values, Tensor logits, std::span<const double> draws, Cut cut) {
  scratch_.reset();
  const Array<DrawnRow> on_device = take_array<DrawnRow>(scratch_, logits.rows);
  with_activation(logits, [&](auto x) {
    using T = typename decltype(x)::Element;
    launch("draw_tokens", draw_sums_kernel<T>, block_of_each(logits.rows), threads_of_logits(logits.cols), kRowSumBytes,
           on_device, View<const T>(logits), cut.temperature);
  });
  std::vector<DrawnRow> sums(static_cast<size_t>(logits.rows));
  copy_to_host(sums.data(), on_device.data, on_device.size_bytes());
  std::vector<float> row(static_cast<size_t>(logits.cols));
  std::vector<float> scores(row.size());
  for (size_t n = 0; n < sums.size(); ++n) {
    download(row.data(), logits.slice(static_cast<int64_t>(n), 1));
    for (size_t i = 0; i < row.size(); ++i) scores[i] = row[i] / cut.temperature;
    const auto weight_of = [&](int32_t token) { return std::exp(scores[static_cast<size_t>(token)] - sums[n].most); };
    tokens[n] = draw_token(scores, weight_of, sums[n].total, draws[n], cut);
    values[n] = static_cast<float>(static_cast<double>(row[static_cast<size_t>(tokens[n])]) - sums[n].log_sum);
  }
}

}  // namespace adapter_lab
