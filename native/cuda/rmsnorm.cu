// RMSNorm: a block shares a row. The weight's gradient is a sum of columns.
#include "cuda/columns.h"
#include "cuda/cuda_ops.h"
#include "cuda/reduce.h"

namespace adapter_lab {
namespace {

using namespace gpu;

template <class T>
__global__ void rmsnorm_kernel(View<T> y, View<float> rstd, View<const T> x, View<const float> weight, float epsilon) {
  SharedMemory memory;
  const Shared<float> partial = memory.take<float>(kReduceElements);
  const int64_t row = blockIdx.x;
  float squares = 0.0f;
  for (int64_t col = threadIdx.x; col < x.cols; col += blockDim.x) {
    const float value = x.load(row, col);
    squares += value * value;
  }
  squares = block_reduce(squares, Sum(), partial);
  const float inverse = 1.0f / sqrtf(squares / static_cast<float>(x.cols) + epsilon);
  for (int64_t col = threadIdx.x; col < x.cols; col += blockDim.x)
    y.store(row, col, x.load(row, col) * inverse * weight.load(0, col));
  if (threadIdx.x == 0) rstd.store(row, 0, inverse);
}

/** dx += rstd (dy w - x mean(dy w x) rstd^2). */
template <class T>
__global__ void rmsnorm_backward_kernel(View<T> dx, View<const T> dy, View<const T> x, View<const float> weight,
                                        View<const float> rstd) {
  SharedMemory memory;
  const Shared<float> partial = memory.take<float>(kReduceElements);
  const int64_t row = blockIdx.x;
  float along = 0.0f;
  for (int64_t col = threadIdx.x; col < x.cols; col += blockDim.x)
    along += dy.load(row, col) * weight.load(0, col) * x.load(row, col);
  along = block_reduce(along, Sum(), partial);
  const float inverse = rstd.load(row, 0);
  const float share = along * inverse * inverse / static_cast<float>(x.cols);
  for (int64_t col = threadIdx.x; col < x.cols; col += blockDim.x)
    dx.add(row, col, inverse * (dy.load(row, col) * weight.load(0, col) - x.load(row, col) * share));
}

template <class T>
struct NormedProduct {
  View<const T> dy, x;
  View<const float> rstd;
  __device__ float operator()(int64_t row, int64_t col) const {
    return dy.load(row, col) * x.load(row, col) * rstd.load(row, 0);
  }
};

constexpr size_t kReduceBytes = kReduceElements * sizeof(float);

}  // namespace

void CudaOps::rmsnorm_forward(Tensor y, Tensor rstd, Tensor x, Tensor weight, float epsilon) {
  with_activation(y, [&](auto to) {
    using T = typename decltype(to)::Element;
    launch("rmsnorm_forward", rmsnorm_kernel<T>, block_of_each(x.rows), threads_of_row(x.cols), kReduceBytes, to,
           View<float>(rstd), View<const T>(x), View<const float>(weight), epsilon);
  });
}

void CudaOps::rmsnorm_backward(Tensor dx, Tensor dweight, Tensor dy, Tensor x, Tensor weight, Tensor rstd) {
  with_activation(dx, [&](auto to) {
    using T = typename decltype(to)::Element;
    launch("rmsnorm_backward", rmsnorm_backward_kernel<T>, block_of_each(x.rows), threads_of_row(x.cols), kReduceBytes,
           to, View<const T>(dy), View<const T>(x), View<const float>(weight), View<const float>(rstd));
    if (dweight.empty()) return;
    scratch_.reset();
    column_sums("rmsnorm_backward_weight", scratch_, x.rows, x.cols,
                NormedProduct<T>{View<const T>(dy), View<const T>(x), View<const float>(rstd)},
                AddToRow{View<float>(dweight)});
  });
}

}  // namespace adapter_lab
