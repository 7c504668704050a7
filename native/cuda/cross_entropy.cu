// The loss of each row of logits, and its gradient in their place: a block shares a row, reads it once for the sum of
// its exponentials (row_sum.h) and once more, likely from cache, for the gradient.
#include "cuda/array.h"
#include "cuda/cuda_ops.h"
#include "cuda/row_sum.h"
#include "cuda/view.h"

namespace adapter_lab {
namespace {

using namespace gpu;

template <class T>
__device__ void store_zeros(const View<T>& y, int64_t row) {
  for (int64_t col = threadIdx.x; col < y.cols; col += blockDim.x) y.store(row, col, 0.0f);
}

/** logits <- scale (softmax - onehot). The thread that meets the target tells the loss, before it overwrites the logit.
 */
template <class T>
__device__ void store_gradient(const View<T>& logits, const View<float>& losses, int64_t row, int64_t target,
                               RowSum sum, float scale) {
  const auto factor = static_cast<float>(static_cast<double>(scale) / sum.sum);
  for (int64_t first = threadIdx.x; first < logits.cols; first += static_cast<int64_t>(kOwnLogits) * blockDim.x) {
    float values[kOwnLogits];
    for (int i = 0; i < kOwnLogits; ++i) {
      const int64_t col = first + static_cast<int64_t>(i) * blockDim.x;
      values[i] = col < logits.cols ? logits.load(row, col) : 0.0f;
    }
    for (int i = 0; i < kOwnLogits; ++i) {
      const int64_t col = first + static_cast<int64_t>(i) * blockDim.x;
      if (col >= logits.cols) break;
      if (col == target) losses.store(row, 0, static_cast<float>(sum.logarithm() - static_cast<double>(values[i])));
      const float share = expf(values[i] - sum.most) * factor;
      logits.store(row, col, col == target ? share - scale : share);
    }
  }
}

template <class T>
__global__ void cross_entropy_kernel(View<float> losses, View<T> logits, Array<const int32_t> targets, float scale) {
  SharedMemory memory;
  const RowSumMemory partial(memory);
  const int64_t row = blockIdx.x;
  const int64_t target = targets.load(row);
  if (target < 0) {
    if (threadIdx.x == 0) losses.store(row, 0, 0.0f);
    return store_zeros(logits, row);
  }
  const RowSum sum = row_sum(logits.cols, partial, [&](int64_t col) { return logits.load(row, col); });
  store_gradient(logits, losses, row, target, sum, scale);
}

template <class T>
__global__ void cross_entropy_loss_kernel(View<float> losses, View<const T> logits, Array<const int32_t> targets) {
  SharedMemory memory;
  const RowSumMemory partial(memory);
  const int64_t row = blockIdx.x;
  const int64_t target = targets.load(row);
  if (target < 0) {
    if (threadIdx.x == 0) losses.store(row, 0, 0.0f);
    return;
  }
  const RowSum sum = row_sum(logits.cols, partial, [&](int64_t col) { return logits.load(row, col); });
  if (threadIdx.x > 0) return;
  losses.store(row, 0, static_cast<float>(sum.logarithm() - static_cast<double>(logits.load(row, target))));
}

}  // namespace

void CudaOps::cross_entropy(Tensor losses, Tensor logits, const int32_t* targets, float scale) {
  scratch_.reset();
  const auto uploaded = upload_array(scratch_, targets, logits.rows);
  with_activation(logits, [&](auto x) {
    launch("cross_entropy", cross_entropy_kernel<typename decltype(x)::Element>, block_of_each(logits.rows),
           threads_of_logits(logits.cols), kRowSumBytes, View<float>(losses), x, uploaded, scale);
  });
}

void CudaOps::cross_entropy_loss(Tensor losses, Tensor logits, const int32_t* targets) {
  scratch_.reset();
  const auto uploaded = upload_array(scratch_, targets, logits.rows);
  with_activation(logits, [&](auto x) {
    using T = typename decltype(x)::Element;
    launch("cross_entropy_loss", cross_entropy_loss_kernel<T>, block_of_each(logits.rows),
           threads_of_logits(logits.cols), kRowSumBytes, View<float>(losses), View<const T>(logits), uploaded);
  });
}

}  // namespace adapter_lab
