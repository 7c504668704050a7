// Sums, biases and gains of columns and rows: a thread has four elements. Their gradients are sums of columns, or of
// rows.
#include "cuda/columns.h"
#include "cuda/cuda_ops.h"
#include "cuda/elements.h"
#include "cuda/reduce.h"

namespace adapter_lab {
namespace {

using namespace gpu;

template <class T>
__global__ void add_kernel(View<T> y, View<const T> x) {
  for_own_quad(y.rows, y.cols, [&](int64_t row, int64_t col) {
    Quad sum = y.load4(row, col);
    const Quad value = x.load4(row, col);
    for (int e = 0; e < 4; ++e) sum.at[e] += value.at[e];
    y.store4(row, col, sum);
  });
}

template <class T>
__global__ void add_bias_kernel(View<T> y, View<const float> bias) {
  for_own_quad(y.rows, y.cols, [&](int64_t row, int64_t col) {
    Quad sum = y.load4(row, col);
    const Quad value = bias.load4(0, col);
    for (int e = 0; e < 4; ++e) sum.at[e] += value.at[e];
    y.store4(row, col, sum);
  });
}

template <class T>
__global__ void scale_columns_kernel(View<T> y, View<const T> x, View<const float> gain, bool accumulate) {
  for_own_quad(y.rows, y.cols, [&](int64_t row, int64_t col) {
    Quad result = x.load4(row, col);
    const Quad factor = gain.load4(0, col);
    for (int e = 0; e < 4; ++e) result.at[e] *= factor.at[e];
    if (accumulate) {
      const Quad before = y.load4(row, col);
      for (int e = 0; e < 4; ++e) result.at[e] += before.at[e];
    }
    y.store4(row, col, result);
  });
}

template <class T>
__global__ void scale_rows_kernel(View<T> y, View<const T> x, View<const float> gain) {
  for_own_quad(y.rows, y.cols, [&](int64_t row, int64_t col) {
    Quad result = x.load4(row, col);
    const float factor = gain.load(0, row);
    for (int e = 0; e < 4; ++e) result.at[e] *= factor;
    y.store4(row, col, result);
  });
}

template <class T>
__global__ void scale_rows_backward_kernel(View<float> dgain, View<const T> dy, View<const T> x) {
  SharedMemory memory;
  const Shared<float> partial = memory.take<float>(kReduceElements);
  const int64_t row = blockIdx.x;
  float sum = 0.0f;
  for (int64_t col = threadIdx.x; col < x.cols; col += blockDim.x) sum += dy.load(row, col) * x.load(row, col);
  sum = block_reduce(sum, Sum(), partial);
  if (threadIdx.x == 0) dgain.add(0, row, sum);
}

template <class T>
struct Element {
  View<const T> x;
  __device__ float operator()(int64_t row, int64_t col) const { return x.load(row, col); }
};

}  // namespace

void CudaOps::add(Tensor y, Tensor x) {
  flatten(y, x);
  with_activation(y, [&](auto to) {
    using T = typename decltype(to)::Element;
    launch_quads("add", add_kernel<T>, y, to, View<const T>(x));
  });
}

void CudaOps::add_bias(Tensor y, Tensor bias) {
  with_activation(y, [&](auto to) {
    using T = typename decltype(to)::Element;
    launch_quads("add_bias", add_bias_kernel<T>, y, to, View<const float>(bias));
  });
}

void CudaOps::bias_backward(Tensor dbias, Tensor dy) {
  with_activation(dy, [&](auto from) {
    using T = typename decltype(from)::Element;
    scratch_.reset();
    column_sums("bias_backward", scratch_, dy.rows, dy.cols, Element<T>{View<const T>(dy)},
                AddToRow{View<float>(dbias)});
  });
}

void CudaOps::scale_columns(Tensor y, Tensor x, Tensor gain, bool accumulate) {
  with_activation(y, [&](auto to) {
    using T = typename decltype(to)::Element;
    launch_quads("scale_columns", scale_columns_kernel<T>, y, to, View<const T>(x), View<const float>(gain),
                    accumulate);
  });
}

void CudaOps::scale_columns_backward(Tensor dgain, Tensor dy, Tensor x) {
  with_activation(dy, [&](auto from) {
    using T = typename decltype(from)::Element;
    scratch_.reset();
    column_sums("scale_columns_backward", scratch_, dy.rows, dy.cols,
                ElementProduct<T>{View<const T>(dy), View<const T>(x)}, AddToRow{View<float>(dgain)});
  });
}

void CudaOps::scale_rows(Tensor y, Tensor x, Tensor gain) {
  with_activation(y, [&](auto to) {
    using T = typename decltype(to)::Element;
    launch_quads("scale_rows", scale_rows_kernel<T>, y, to, View<const T>(x), View<const float>(gain));
  });
}

void CudaOps::scale_rows_backward(Tensor dgain, Tensor dy, Tensor x) {
  with_activation(dy, [&](auto from) {
    using T = typename decltype(from)::Element;
    launch("scale_rows_backward", scale_rows_backward_kernel<T>, block_of_each(dy.rows), threads_of_row(dy.cols),
           kReduceElements * sizeof(float), View<float>(dgain), View<const T>(dy), View<const T>(x));
  });
}

}  // namespace adapter_lab
