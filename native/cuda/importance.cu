// AdaLoRA's importance of a parameter (arXiv 2303.10512 eq. 8 to 11), and its means over rows or columns in double.
#include "cuda/array.h"
#include "cuda/columns.h"
#include "cuda/cuda_ops.h"
#include "cuda/reduce.h"
#include "cuda/rows.h"

namespace adapter_lab {
namespace {

using namespace gpu;

/** A moving average: beta of the old value, rest of the new. */
struct Average {
  explicit Average(float beta) : beta(beta), rest(static_cast<float>(1.0 - static_cast<double>(beta))) {}
  float beta, rest;
  __device__ __forceinline__ float operator()(float old, float value) const { return beta * old + rest * value; }
};

/** All (1, elements). */
__global__ void importance_kernel(View<float> sensitivity, View<float> uncertainty, View<const float> parameter,
                                  View<const float> gradient, Average smooth_sensitivity, Average smooth_uncertainty,
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
  __device__ __forceinline__ double at(int64_t row, int64_t col) const {
    return static_cast<double>(sensitivity.load(row, col)) * static_cast<double>(uncertainty.load(row, col));
  }
};

__global__ void row_means_kernel(Array<double> means, Importances importances) {
  SharedMemory memory;
  const Shared<double> partial = memory.take<double>(kReduceElements);
  const int64_t row = blockIdx.x;
  const int64_t cols = importances.sensitivity.cols;
  double sum = 0.0;
  for (int64_t col = threadIdx.x; col < cols; col += blockDim.x) sum += importances.at(row, col);
  sum = block_reduce(sum, Sum(), partial);
  if (threadIdx.x == 0) means.store(row, sum / static_cast<double>(cols));
}

/** partial (runs, columns) is set to the sums of kRunRows rows each. */
__global__ void column_runs_kernel(Array<double> partial, Importances importances) {
  const int64_t col = element_index();
  const int64_t cols = importances.sensitivity.cols;
  if (col >= cols) return;
  const int64_t begin = blockIdx.y * kRunRows;
  const int64_t rows = importances.sensitivity.rows;
  const int64_t end = begin + kRunRows < rows ? begin + kRunRows : rows;
  double sum = 0.0;
  for (int64_t row = begin; row < end; ++row) sum += importances.at(row, col);
  partial.store(blockIdx.y * cols + col, sum);
}

__global__ void column_means_kernel(Array<double> means, Array<const double> partial, int64_t rows) {
  const int64_t col = element_index();
  if (col >= means.count) return;
  double sum = 0.0;
  for (int64_t i = col; i < partial.count; i += means.count) sum += partial.load(i);
  means.store(col, sum / static_cast<double>(rows));
}

Array<double> take_doubles(Scratch& scratch, int64_t count) { return {scratch.take_array<double>(count), count}; }

void set_column_means(Scratch& scratch, Array<double> means, Importances importances) {
  const int64_t rows = importances.sensitivity.rows;
  const int64_t runs = ceil_div(rows, kRunRows);
  const Array<double> partial = take_doubles(scratch, runs * means.count);
  const Extent across = blocks_of(means.count, kColumnThreads);
  launch("importance_means", column_runs_kernel, {across.x, static_cast<unsigned>(runs), 1}, kColumnThreads, 0, partial,
         importances);
  launch("importance_means", column_means_kernel, across, kColumnThreads, 0, means,
         Array<const double>{partial.data, partial.count}, rows);
}

}  // namespace

void CudaOps::importance(Tensor sensitivity, Tensor uncertainty, Tensor parameter, Tensor gradient, Smoothing options) {
  const int64_t count = parameter.count();
  launch("importance", importance_kernel, blocks_of(count, kElementThreads), kElementThreads, 0,
         View<float>(sensitivity.reshaped(1, count)), View<float>(uncertainty.reshaped(1, count)),
         View<const float>(parameter.reshaped(1, count)), View<const float>(gradient.reshaped(1, count)),
         Average(options.sensitivity), Average(options.uncertainty), options.gradient_scale);
}

void CudaOps::importance_means(double* means, Tensor sensitivity, Tensor uncertainty, bool of_columns) {
  scratch_.reset();
  const Importances importances{View<const float>(sensitivity), View<const float>(uncertainty)};
  const Array<double> device = take_doubles(scratch_, of_columns ? sensitivity.cols : sensitivity.rows);
  if (of_columns)
    set_column_means(scratch_, device, importances);
  else
    launch("importance_means", row_means_kernel, block_of_each(sensitivity.rows), threads_of_row(sensitivity.cols),
           kReduceElements * sizeof(double), device, importances);
  copy_to_host(means, device.data, static_cast<size_t>(device.count) * sizeof(double));
}

}  // namespace adapter_lab
