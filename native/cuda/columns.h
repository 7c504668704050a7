// Sums over the rows of a matrix, one a column, in an order that sizes alone decide: rows are cut into runs, each run's
// sums go to a row of partial sums, and those are added up in order.
#pragma once
#include "cuda/rows.h"
#include "cuda/scratch.h"
#include "cuda/view.h"

namespace adapter_lab::gpu {

constexpr int64_t kRunRows = 128;
constexpr unsigned kColumnThreads = 128;

/** partial (runs, C) is set; value(row, col) is what is summed. */
template <class Value>
__global__ void column_partials_kernel(View<float> partial, int64_t rows, Value value) {
  const int64_t col = element_index();
  if (col >= partial.cols) return;
  const int64_t run = blockIdx.y;
  const int64_t end = run * kRunRows + kRunRows < rows ? run * kRunRows + kRunRows : rows;
  float sum = 0.0f;
  for (int64_t row = run * kRunRows; row < end; ++row) sum += value(row, col);
  partial.store(run, col, sum);
}

/** For column_sums: the sum is added to a row of floats. */
struct AddToRow {
  View<float> y;
  __device__ void operator()(int64_t col, float sum) const { y.add(0, col, sum); }
};

/** finish(col, sum of partial's column). */
template <class Finish>
__global__ void column_totals_kernel(View<const float> partial, Finish finish) {
  const int64_t col = element_index();
  if (col >= partial.cols) return;
  float sum = 0.0f;
  for (int64_t run = 0; run < partial.rows; ++run) sum += partial.load(run, col);
  finish(col, sum);
}

/** finish(col, sum over rows of value(row, col)) for each of so many columns; both are functors for the device. */
template <class Value, class Finish>
void column_sums(const char* name, Scratch& scratch, int64_t rows, int64_t cols, Value value, Finish finish) {
  const int64_t runs = ceil_div(rows, kRunRows);
  const Tensor partial = scratch.take(runs, cols);
  const Extent across = blocks_of(cols, kColumnThreads);
  launch(name, column_partials_kernel<Value>, {across.x, static_cast<unsigned>(runs), 1}, kColumnThreads, 0,
         View<float>(partial), rows, value);
  launch(name, column_totals_kernel<Finish>, across, kColumnThreads, 0, View<const float>(partial), finish);
}

}  // namespace adapter_lab::gpu
