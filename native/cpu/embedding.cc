// Rows of a table by token, and their gradient.
#include <cstring>

#include "cpu/cpu_ops.h"

namespace adapter_lab {
namespace {

constexpr int64_t kColumnChunk = 64;

}  // namespace

void CpuOps::embedding_forward(Tensor y, Tensor table, const int32_t* ids) {
  if (table.dtype != DType::f32)
    return for_rows(y.rows, y.cols, [&](int64_t row) { widen(y.row(row), table, ids[row], 0, y.cols); });
  for_rows(y.rows, y.cols, [&](int64_t row) {
    std::memcpy(y.row(row), table.row(ids[row]), static_cast<size_t>(y.cols) * sizeof(float));
  });
}

void CpuOps::embedding_backward(Tensor dtable, Tensor dy, const int32_t* ids) {
  // Tokens repeat, so threads share columns, not tokens: every sum keeps one order.
  for_ranges(dy.cols, kColumnChunk, [&](int64_t first, int64_t count) {
    for (int64_t row = 0; row < dy.rows; ++row) kernels_.add(dtable.row(ids[row]) + first, dy.row(row) + first, count);
  });
}

}  // namespace adapter_lab
