// The gated activation of the MLP: silu(gate) up, silu(x) = x / (1 + exp(-x)). A thread has four elements.
#include "cuda/cuda_ops.h"
#include "cuda/elements.h"
#include "cuda/rows.h"
#include "cuda/view.h"

namespace adapter_lab {
namespace {

using namespace gpu;

template <class T>
__global__ void swiglu_kernel(View<T> y, View<const T> gate, View<const T> up) {
  for_own_quad(y.rows, y.cols, [&](int64_t row, int64_t col) {
    const Quad g = gate.load4(row, col);
    Quad result = up.load4(row, col);
    for (int e = 0; e < 4; ++e) result.at[e] *= g.at[e] / (1.0f + expf(-g.at[e]));
    y.store4(row, col, result);
  });
}

/** silu'(x) = sigmoid(x) (1 + x (1 - sigmoid(x))). dgate or dup may be dy: all is read before the first is written. */
template <class T>
__global__ void swiglu_backward_kernel(View<T> dgate, View<T> dup, View<const T> dy, View<const T> gate,
                                       View<const T> up) {
  for_own_quad(dy.rows, dy.cols, [&](int64_t row, int64_t col) {
    const Quad d = dy.load4(row, col);
    const Quad g = gate.load4(row, col);
    const Quad u = up.load4(row, col);
    Quad to_gate, to_up;
    for (int e = 0; e < 4; ++e) {
      const float sigmoid = 1.0f / (1.0f + expf(-g.at[e]));
      to_gate.at[e] = d.at[e] * u.at[e] * sigmoid * (1.0f + g.at[e] * (1.0f - sigmoid));
      to_up.at[e] = d.at[e] * g.at[e] * sigmoid;
    }
    dgate.store4(row, col, to_gate);
    dup.store4(row, col, to_up);
  });
}

}  // namespace

void CudaOps::swiglu_forward(Tensor y, Tensor gate, Tensor up) {
  flatten(y, gate, up);
  with_activation(y, [&](auto to) {
    using T = typename decltype(to)::Element;
    launch_quads("swiglu_forward", swiglu_kernel<T>, y, to, View<const T>(gate), View<const T>(up));
  });
}

void CudaOps::swiglu_backward(Tensor dgate, Tensor dup, Tensor dy, Tensor gate, Tensor up) {
  flatten(dgate, dup, dy, gate, up);
  with_activation(dgate, [&](auto to) {
    using T = typename decltype(to)::Element;
    launch_quads("swiglu_backward", swiglu_backward_kernel<T>, dy, to, View<T>(dup), View<const T>(dy),
                    View<const T>(gate), View<const T>(up));
  });
}

}  // namespace adapter_lab
