// The gated activation of the MLP: silu(gate) up, silu(x) = x / (1 + exp(-x)). A thread an element.
#include "cuda/cuda_ops.h"
#include "cuda/elements.h"
#include "cuda/rows.h"
#include "cuda/view.h"

namespace adapter_lab {
namespace {

using namespace gpu;

template <class T>
__global__ void swiglu_kernel(View<T> y, View<const T> gate, View<const T> up) {
  const int64_t index = element_index();
  if (index >= y.rows * y.cols) return;
  const int64_t row = index / y.cols;
  const int64_t col = index % y.cols;
  const float g = gate.load(row, col);
  y.store(row, col, g / (1.0f + expf(-g)) * up.load(row, col));
}

/** dgate or dup may be dy: all is read before the first is written. */
template <class T>
__global__ void swiglu_backward_kernel(View<T> dgate, View<T> dup, View<const T> dy, View<const T> gate,
                                       View<const T> up) {
  const int64_t index = element_index();
  if (index >= dy.rows * dy.cols) return;
  const int64_t row = index / dy.cols;
  const int64_t col = index % dy.cols;
  const float d = dy.load(row, col);
  const float g = gate.load(row, col);
  const float u = up.load(row, col);
  const float sigmoid = 1.0f / (1.0f + expf(-g));
  dgate.store(row, col, d * u * sigmoid * (1.0f + g * (1.0f - sigmoid)));
  dup.store(row, col, d * g * sigmoid);
}

}  // namespace

void CudaOps::swiglu_forward(Tensor y, Tensor gate, Tensor up) {
  with_activation(y, [&](auto to) {
    using T = typename decltype(to)::Element;
    launch_elements("swiglu_forward", swiglu_kernel<T>, y.count(), to, View<const T>(gate), View<const T>(up));
  });
}

void CudaOps::swiglu_backward(Tensor dgate, Tensor dup, Tensor dy, Tensor gate, Tensor up) {
  with_activation(dgate, [&](auto to) {
    using T = typename decltype(to)::Element;
    launch_elements("swiglu_backward", swiglu_backward_kernel<T>, dy.count(), to, View<T>(dup), View<const T>(dy),
                    View<const T>(gate), View<const T>(up));
  });
}

}  // namespace adapter_lab
