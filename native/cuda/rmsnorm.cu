// RMSNorm: y = x rstd w with rstd = 1 / sqrt(mean(x^2) + epsilon). A block shares a row, which it reads once. The
// weight's gradient, the sum over rows of dy x rstd, is a sum of columns.
#include "cuda/columns.h"
#include "cuda/cuda_ops.h"
#include "cuda/held_row.h"
#include "cuda/reduce.h"

namespace adapter_lab {
namespace {

using namespace gpu;

template <class T>
__global__ void __launch_bounds__(kMostHolders)
    rmsnorm_kernel(View<T> y, View<float> rstd, View<const T> x, View<const float> weight, float epsilon) {
  SharedMemory memory;
  const Shared<float> partial = memory.take<float>(kReduceElements);
  const int64_t row = blockIdx.x;
  HeldQuads values;
  float squares = 0.0f;
  for (int64_t first = 0; first < x.cols; first += held_cols())
    for_each_held(first, x.cols, [&](auto i, int64_t col) {
      values[i] = x.load4(row, col);
      squares = add_dot(squares, values[i], values[i]);
    });
  squares = block_reduce(squares, Sum(), partial);
  const float inverse = 1.0f / sqrtf(squares / static_cast<float>(x.cols) + epsilon);
  const bool is_held = x.cols <= held_cols();
  for (int64_t first = 0; first < x.cols; first += held_cols())
    for_each_held(first, x.cols, [&](auto i, int64_t col) {
      Quad result = is_held ? values[i] : x.load4(row, col);
      const Quad factor = weight.load4(0, col);
      for (int e = 0; e < 4; ++e) result.at[e] *= inverse * factor.at[e];
      y.store4(row, col, result);
    });
  if (threadIdx.x == 0) rstd.store(row, 0, inverse);
}

template <class T>
struct Gradient {
  View<const T> dy;
  View<const float> weight;
  /** Of x rstd: dy w. */
  __device__ __forceinline__ Quad load4(int64_t row, int64_t col) const {
    Quad result = dy.load4(row, col);
    const Quad factor = weight.load4(0, col);
    for (int e = 0; e < 4; ++e) result.at[e] *= factor.at[e];
    return result;
  }
};

/** dx += rstd (dy w - x mean(dy w x) rstd^2). */
template <class T>
__global__ void __launch_bounds__(kMostHolders)
    rmsnorm_backward_kernel(View<T> dx, Gradient<T> gradient, View<const T> x, View<const float> rstd) {
  SharedMemory memory;
  const Shared<float> partial = memory.take<float>(kReduceElements);
  const int64_t row = blockIdx.x;
  HeldQuads gradients, values;
  float along = 0.0f;
  for (int64_t first = 0; first < x.cols; first += held_cols())
    for_each_held(first, x.cols, [&](auto i, int64_t col) {
      gradients[i] = gradient.load4(row, col);
      values[i] = x.load4(row, col);
      along = add_dot(along, gradients[i], values[i]);
    });
  along = block_reduce(along, Sum(), partial);
  const float inverse = rstd.load(row, 0);
  const float share = along * inverse * inverse / static_cast<float>(x.cols);
  const bool is_held = x.cols <= held_cols();
  for (int64_t first = 0; first < x.cols; first += held_cols())
    for_each_held(first, x.cols, [&](auto i, int64_t col) {
      const Quad d = is_held ? gradients[i] : gradient.load4(row, col);
      const Quad value = is_held ? values[i] : x.load4(row, col);
      Quad sum = dx.load4(row, col);
      for (int e = 0; e < 4; ++e) sum.at[e] += inverse * (d.at[e] - value.at[e] * share);
      dx.store4(row, col, sum);
    });
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
    launch("rmsnorm_forward", rmsnorm_kernel<T>, block_of_each(x.rows), threads_of_held_row(x.cols), kReduceBytes, to,
           View<float>(rstd), View<const T>(x), View<const float>(weight), epsilon);
  });
}

void CudaOps::rmsnorm_backward(Tensor dx, Tensor dweight, Tensor dy, Tensor x, Tensor weight, Tensor rstd) {
  with_activation(dx, [&](auto to) {
    using T = typename decltype(to)::Element;
    launch("rmsnorm_backward", rmsnorm_backward_kernel<T>, block_of_each(x.rows), threads_of_held_row(x.cols),
           kReduceBytes, to, Gradient<T>{View<const T>(dy), View<const float>(weight)}, View<const T>(x),
           View<const float>(rstd));
    if (dweight.empty()) return;
    scratch_.reset();
    column_sums("rmsnorm_backward_weight", scratch_, x.rows, x.cols,
                NormedProduct<T>{View<const T>(dy), View<const T>(x), View<const float>(rstd)},
                AddToRow{View<float>(dweight)});
  });
}

}  // namespace adapter_lab
