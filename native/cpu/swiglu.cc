// The gated activation of the MLP.
#include "cpu/cpu_ops.h"

namespace adapter_lab {

void CpuOps::swiglu_forward(Tensor y, Tensor gate, Tensor up) {
  const bool contiguous = y.contiguous() && gate.contiguous() && up.contiguous();
  for_runs(y.rows, y.cols, contiguous, [&](int64_t row, int64_t first, int64_t count) {
    kernels_.swiglu(y.row(row) + first, gate.row(row) + first, up.row(row) + first, count);
  });
}

void CpuOps::swiglu_backward(Tensor dgate, Tensor dup, Tensor dy, Tensor gate, Tensor up) {
  const bool contiguous =
      dgate.contiguous() && dup.contiguous() && dy.contiguous() && gate.contiguous() && up.contiguous();
  for_runs(dy.rows, dy.cols, contiguous, [&](int64_t row, int64_t first, int64_t count) {
    kernels_.swiglu_backward(dgate.row(row) + first, dup.row(row) + first, dy.row(row) + first, gate.row(row) + first,
                             up.row(row) + first, count);
  });
}

}  // namespace adapter_lab
