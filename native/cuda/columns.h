// Sums over the rows of a matrix, one a column, in an order that sizes alone decide: rows are cut into runs, each run's
// sums go to a row of partial sums, and those are added up in order.
#pragma once
#include <type_traits>

#include "cuda/array.h"
#include "cuda/rows.h"
#include "cuda/view.h"

namespace adapter_lab::gpu {

constexpr int64_t kRunRows = 128;
constexpr unsigned kColumnThreads = 128;

/** partial (runs, cols) is set; value(row, col) is what is summed. */
template <class T, class Value>
__global__ void column_partials_kernel(Array<T> partial, int64_t rows, int64_t cols, Value value) {
  const int64_t col = element_index();
  if (col >= cols) return;
  const int64_t run = blockIdx.y;
  const int64_t end = run * kRunRows + kRunRows < rows ? run * kRunRows + kRunRows : rows;
  T sum = 0;
  for (int64_t row = run * kRunRows; row < end; ++row) sum += value(row, col);
  partial.store(run * cols + col, sum);
}

/** finish(col, sum of partial's column). */
template <class T, class Finish>
__global__ void column_totals_kernel(Array<const T> partial, int64_t cols, Finish finish) {
  const int64_t col = element_index();
  if (col >= cols) return;
  T sum = 0;
  for (int64_t at = col; at < partial.count; at += cols) sum += partial.load(at);
  finish(col, sum);
}

/** finish(col, sum over rows of value(row, col)) for each of so many columns; both are functors for the device. The sum
 * is of the type that value returns. */
template <class Value, class Finish>
void column_sums(const char* name, Scratch& scratch, int64_t rows, int64_t cols, Value value, Finish finish) {
  using T = std::invoke_result_t<Value, int64_t, int64_t>;
  const int64_t runs = ceil_div(rows, kRunRows);
  const Array<T> partial = take_array<T>(scratch, runs * cols);
  const Extent across = blocks_of(cols, kColumnThreads);
  launch(name, column_partials_kernel<T, Value>, {across.x, static_cast<unsigned>(runs), 1}, kColumnThreads, 0, partial,
         rows, cols, value);
  launch(name, column_totals_kernel<T, Finish>, across, kColumnThreads, 0, partial.read_only(), cols, finish);
}

/** For column_sums: the sum is added to a row of floats. */
struct AddToRow {
  View<float> y;
  __device__ void operator()(int64_t col, float sum) const { y.add(0, col, sum); }
};

/** For column_sums: a b, element by element. */
template <class T>
struct ElementProduct {
  View<const T> a, b;
  __device__ float operator()(int64_t row, int64_t col) const { return a.load(row, col) * b.load(row, col); }
};

}  // namespace adapter_lab::gpu
