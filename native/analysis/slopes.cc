#include "analysis/slopes.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "core/error.h"

namespace adapter_lab {
namespace {

constexpr int64_t kBlockRows = 256;
// Of 1 - cos in double: a row whose magnitude alone changed has the direction that it had.
constexpr double kRounding = 1e-15;

/** y (N,C) is set to a - b. */
void difference(Ops& ops, Arena& scratch, Tensor y, Tensor a, Tensor b) {
  const ArenaScope scope(scratch);
  const Tensor minus_one = scratch.take_f32(1, a.cols);
  const std::vector<float> host(static_cast<size_t>(a.cols), -1.0f);
  ops.upload(minus_one, host.data(), DType::f32);
  ops.copy(y, a);
  ops.scale_columns(y, b, minus_one, true);
}

/** Mean over rows of what row_changes tells of each block; `block(first, count)` gives w0, delta, magnitude. */
struct RowBlock {
  Tensor w0;
  Tensor delta;
  Tensor magnitude;
};

Change mean_change(Ops& ops, int64_t rows, const std::function<RowBlock(int64_t, int64_t)>& block) {
  std::vector<double> m(static_cast<size_t>(rows));
  std::vector<double> d(m.size());
  for (int64_t first = 0; first < rows; first += kBlockRows) {
    const int64_t count = std::min(kBlockRows, rows - first);
    const RowBlock part = block(first, count);
    ops.row_changes(m.data() + first, d.data() + first, part.w0, part.delta, part.magnitude);
  }
  Change change;
  int64_t directed = 0;
  for (size_t n = 0; n < m.size(); ++n) {
    change.delta_m += std::isnan(m[n]) ? 0.0 : m[n];
    if (std::isnan(d[n])) continue;
    if (d[n] > kRounding) change.delta_d += d[n];
    ++directed;
  }
  change.delta_m /= static_cast<double>(rows);
  change.delta_d /= static_cast<double>(std::max<int64_t>(directed, 1));
  return change;
}

}  // namespace

Change adapter_change(Ops& ops, Arena& scratch, Tensor w0, LowRank& adapter) {
  const ArenaScope scope(scratch);
  const int64_t block = std::min(kBlockRows, w0.rows);
  const Tensor memory = scratch.take_f32(block, w0.cols);
  const Tensor original = adapter.is_principal() ? scratch.take_f32(block, w0.cols) : Tensor();
  return mean_change(ops, w0.rows, [&](int64_t first, int64_t count) {
    const Tensor delta = memory.slice(0, count);
    adapter.update_rows(scratch, delta, first);
    const Tensor magnitude = adapter.is_dora() ? adapter.magnitude().value().columns(first, count) : Tensor();
    if (original.empty()) return RowBlock{w0.slice(first, count), delta, magnitude};
    adapter.original_rows(original.slice(0, count), w0, first);
    return RowBlock{original.slice(0, count), delta, magnitude};
  });
}

Change trained_change(Ops& ops, Arena& scratch, Tensor trained, const TensorSource& base) {
  const ArenaScope scope(scratch);
  const int64_t block = std::min(kBlockRows, trained.rows);
  const Tensor before = scratch.take_f32(block, trained.cols);
  const Tensor memory = scratch.take_f32(block, trained.cols);
  return mean_change(ops, trained.rows, [&](int64_t first, int64_t count) {
    const Tensor w0 = before.slice(0, count);
    const Tensor delta = memory.slice(0, count);
    load_rows(ops, w0, base, first);
    difference(ops, scratch, delta, trained.slice(first, count), w0);
    return RowBlock{w0, delta, Tensor()};
  });
}

Change source_change(Ops& ops, Arena& scratch, const TensorSource& base, const TensorSource& other) {
  if (base.rows() != other.rows() || base.cols() != other.cols())
    throw Error("tensor-shape", other.file, "the two tensors differ in shape");
  const ArenaScope scope(scratch);
  const int64_t block = std::min(kBlockRows, base.rows());
  const Tensor before = scratch.take_f32(block, base.cols());
  const Tensor after = scratch.take_f32(block, base.cols());
  const Tensor memory = scratch.take_f32(block, base.cols());
  return mean_change(ops, base.rows(), [&](int64_t first, int64_t count) {
    const Tensor w0 = before.slice(0, count);
    const Tensor w = after.slice(0, count);
    const Tensor delta = memory.slice(0, count);
    load_rows(ops, w0, base, first);
    load_rows(ops, w, other, first);
    difference(ops, scratch, delta, w, w0);
    return RowBlock{w0, delta, Tensor()};
  });
}

}  // namespace adapter_lab
