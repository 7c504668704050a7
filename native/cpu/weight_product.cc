// Products of a weight with an adapter's matrix. What is not f32 is widened some rows at a time; on tile units, which
// read it where it lies, they are computed turned over.
#include "cpu/cpu_ops.h"

namespace adapter_lab {

void CpuOps::weight_product(Tensor y, Tensor w, Tensor x) {
  if (w.dtype == DType::f32) return gemm(y, w, false, x, true, 1.0f, 0.0f);
  if (are_rows_for_tiles(w)) {
    const Scratch::Lease memory = scratch_.take(*this, y.count(), "product with a weight");
    const Tensor turned(memory.data(), y.cols, y.rows);
    row_product(turned, x, w, 1.0f, false);
    return turn_over(y, turned);
  }
  // The estimate of memory knows of them (extension/trainer/memory/layerPasses.ts).
  const int64_t most = std::min<int64_t>(256, w.rows);
  const Scratch::Lease memory = scratch_.take(*this, most * w.cols, "rows of a weight");
  for (int64_t first = 0; first < w.rows; first += most) {
    const int64_t count = std::min(most, w.rows - first);
    const Tensor wide(memory.data(), count, w.cols);
    copy(wide, w.slice(first, count));
    gemm(y.slice(first, count), wide, false, x, true, 1.0f, 0.0f);
  }
}

}  // namespace adapter_lab
