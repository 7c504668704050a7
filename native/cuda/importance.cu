// AdaLoRA's importance of a parameter (arXiv 2303.10512 eq. 8 to 11), and its means over rows or columns in double.
#include "cuda/array.h"
#include "cuda/columns.h"
#include "cuda/cuda_ops.h"
#include "cuda/elements.h"
#include "cuda/reduce.h"
#include "cuda/rows.h"

namespace adapter_lab {
namespace {

using namespace gpu;

/** A moving average: beta of the old value, rest of the new. */
struct Smoother {
  explicit Smoother(float beta) : beta(beta), rest(static_cast<float>(1.0 - static_cast<double>(beta))) {}
  float beta, rest;
  __device__ __forceinline__ float operator()(float old, float value) const { return beta * old + rest * value; }
};

/** All (1, elements). */
__global__ void importance_kernel(View<float> sensitivity, View<float> uncertainty, View<const float> parameter,
                                  View<const float> gradient, Smoother smooth_sensitivity, Smoother smooth_uncertainty,
                                  float gradient_scale) {
  const int64_t i = element_index();
  if (i >= parameter.cols) return;
  const float now = fabsf(parameter.load(0, i) * (gradient.load(0, i) * gradient_scale));
  const float average = smooth_sensitivity(sensitivity.load(0, i), now);
  sensitivity.store(0, i, average);
  uncertainty.store(0, i, smooth_uncertainty(uncertainty.load(0, i), fabsf(now - average)));
}

/** The product that is averaged. */
struct Importances {
  View<const float> sensitivity, uncertainty;
  __device__ __forceinline__ double operator()(int64_t row, int64_t col) const {
    return static_cast<double>(sensitivity.load(row, col)) * static_cast<double>(uncertainty.load(row, col));
  }
};

__global__ void row_means_kernel(Array<double> means, Importances importances) {
  SharedMemory memory;
  const Shared<double> partial = memory.take<double>(kReduceElements);
  const int64_t row = blockIdx.x;
  const int64_t cols = importances.sensitivity.cols;
  double sum = 0.0;
  for (int64_t col = threadIdx.x; col < cols; col += blockDim.x) sum += importances(row, col);
  sum = block_reduce(sum, Sum(), partial);
  if (threadIdx.x == 0) means.store(row, sum / static_cast<double>(cols));
}

/** For column_sums. */
struct StoreMean {
  Array<double> means;
  int64_t rows;
  __device__ void operator()(int64_t col, double sum) const { means.store(col, sum / static_cast<double>(rows)); }
};

}  // namespace

void CudaOps::importance(Tensor sensitivity, Tensor uncertainty, Tensor parameter, Tensor gradient, Smoothing options) {
  launch_elements("importance", importance_kernel, parameter.count(), View<float>(flat(sensitivity)),
                  View<float>(flat(uncertainty)), View<const float>(flat(parameter)), View<const float>(flat(gradient)),
                  Smoother(options.sensitivity), Smoother(options.uncertainty), options.gradient_scale);
}

void CudaOps::importance_means(double* means, Tensor sensitivity, Tensor uncertainty, bool of_columns) {
  scratch_.reset();
  const Importances importances{View<const float>(sensitivity), View<const float>(uncertainty)};
  const Array<double> device = take_array<double>(scratch_, of_columns ? sensitivity.cols : sensitivity.rows);
  if (of_columns)
    column_sums("importance_means", scratch_, sensitivity.rows, sensitivity.cols, importances,
                StoreMean{device, sensitivity.rows});
  else
    launch("importance_means", row_means_kernel, block_of_each(sensitivity.rows), threads_of_row(sensitivity.cols),
           kReduceElements * sizeof(double), device, importances);
  copy_to_host(means, device.data, device.size_bytes());
}

}  // namespace adapter_lab
