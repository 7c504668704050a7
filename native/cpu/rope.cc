// Rotary embedding: one row a call, the angles looked up by its position.
#include "cpu/cpu_ops.h"

namespace adapter_lab {

void CpuOps::rope(Tensor y, Tensor x, Tensor cosine, Tensor sine, const int32_t* positions, int64_t head_dim,
                  bool inverse) {
  const float sign = inverse ? -1.0f : 1.0f;
  for_rows(x.rows, x.cols, [&](int64_t row) {
    kernels_.rope(y.row(row), x.row(row), cosine.row(positions[row]), sine.row(positions[row]), sign,
                  x.cols / head_dim, head_dim);
  });
}

}  // namespace adapter_lab
