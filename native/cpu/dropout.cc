// Dropout without a stored mask: keys from (seed, stream), then a hash of each element's index (core/dropout_hash.h).
#include "cpu/cpu_ops.h"
#include "ops/dropout_mask.h"

namespace adapter_lab {

void CpuOps::dropout_forward(Tensor y, Tensor x, Dropout dropout) {
  const DropoutMask mask(dropout);
  for_runs(y.rows, y.cols, y.contiguous() && x.contiguous(), [&](int64_t row, int64_t first, int64_t count) {
    mask.for_runs(static_cast<uint64_t>(row * y.cols + first), count, [&](int64_t at, int64_t part, DropoutRun run) {
      kernels_.dropout(y.row(row) + first + at, x.row(row) + first + at, run, part);
    });
  });
}

void CpuOps::dropout_backward(Tensor dx, Tensor dy, Dropout dropout) {
  const DropoutMask mask(dropout);
  for_runs(dx.rows, dx.cols, dx.contiguous() && dy.contiguous(), [&](int64_t row, int64_t first, int64_t count) {
    mask.for_runs(static_cast<uint64_t>(row * dx.cols + first), count, [&](int64_t at, int64_t part, DropoutRun run) {
      kernels_.dropout_add(dx.row(row) + first + at, dy.row(row) + first + at, run, part);
    });
  });
}

}  // namespace adapter_lab
