#include "adapters/merge_rows.h"

#include <algorithm>
#include <cmath>

#include "core/arena.h"
#include "core/error.h"

namespace adapter_lab {
namespace {

void check_sizes(const TensorSource& weight, int64_t count, const RowsUpdate& update) {
  const bool fits = static_cast<int64_t>(update.a.size()) == update.rank * weight.cols() &&
                    static_cast<int64_t>(update.b.size()) == update.rank * count &&
                    (update.magnitude.empty() || static_cast<int64_t>(update.magnitude.size()) == count);
  if (!fits) throw Error("tensor-shape", weight.file, "the adapter's matrices do not fit the weight");
}

/** Rows of `host` (m, in) are scaled to the lengths `magnitude` (m); a row of zeros has no direction and stays. */
void set_lengths(Ops& ops, Arena& scratch, std::vector<float>& host, Tensor rows, const std::vector<float>& magnitude) {
  const Tensor squares = scratch.take_f32(1, rows.rows);
  ops.row_squares(squares, rows);
  std::vector<float> norms(static_cast<size_t>(rows.rows));
  ops.download(norms.data(), squares);
  for (size_t row = 0; row < norms.size(); ++row) {
    const float gain = magnitude[row] / std::max(1e-12f, std::sqrt(norms[row]));
    float* first = host.data() + static_cast<int64_t>(row) * rows.cols;
    std::for_each(first, first + rows.cols, [gain](float& value) { value *= gain; });
  }
}

}  // namespace

std::vector<float> merge_rows(Ops& ops, const TensorSource& weight, int64_t first, int64_t count,
                              const RowsUpdate& update) {
  check_sizes(weight, count, update);
  Arena scratch(ops);
  const Tensor rows = scratch.take_f32(count, weight.cols());
  load_rows(ops, rows, weight, first);
  if (update.rank > 0) {
    const Tensor a = scratch.take_f32(update.rank, weight.cols());
    const Tensor b = scratch.take_f32(count, update.rank);
    ops.upload(a, update.a.data(), DType::f32);
    ops.upload(b, update.b.data(), DType::f32);
    ops.gemm(rows, b, false, a, false, update.scale, 1.0f);
  }
  std::vector<float> host(static_cast<size_t>(rows.count()));
  ops.download(host.data(), rows);
  if (!update.magnitude.empty()) set_lengths(ops, scratch, host, rows, update.magnitude);
  return host;
}

}  // namespace adapter_lab
