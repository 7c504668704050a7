#include "cuda/elements.h"
#include "cuda/product.h"

namespace adapter_lab {
namespace {

using namespace gpu;

/** partial (runs M, N). */
__global__ void add_runs_kernel(Output output, View<const float> partial, int64_t rows) {
  const int64_t index = element_index();
  if (index >= rows * partial.cols) return;
  const int64_t row = index / partial.cols;
  const int64_t col = index % partial.cols;
  float sum = 0.0f;
  for (int64_t from = row; from < partial.rows; from += rows) sum += partial.load(from, col);
  output.store(row, col, sum);
}

}  // namespace

void gpu::add_runs(const Output& output, Tensor partial, Tensor c) {
  launch_elements("gemm_runs", add_runs_kernel, c.count(), output, View<const float>(partial), c.rows);
}

}  // namespace adapter_lab
