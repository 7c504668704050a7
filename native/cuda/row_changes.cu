// Slope diagnostics (arXiv 2402.09353 eq. 3 and 4) in double: a block a row. 1 - cos is half the squared distance of
// the unit vectors: no cancellation for small changes.
#include "cuda/array.h"
#include "cuda/cuda_ops.h"
#include "cuda/reduce.h"
#include "cuda/rows.h"
#include "cuda/view.h"

namespace adapter_lab {
namespace {

using namespace gpu;

/** A weight before and after its update. */
template <class W, class D>
struct Change {
  W w0;
  View<const D> delta;
  __device__ __forceinline__ double before(int64_t row, int64_t col) const {
    return static_cast<double>(w0.load(row, col));
  }
  __device__ __forceinline__ double step(int64_t row, int64_t col) const {
    return static_cast<double>(delta.load(row, col));
  }
};

struct Norms {
  double before, after;
};

template <class W, class D>
__device__ __forceinline__ Norms row_norms(const Change<W, D>& change, int64_t row, const Shared<double>& partial) {
  double before_sum = 0.0;
  double after_sum = 0.0;
  for (int64_t col = threadIdx.x; col < change.w0.cols; col += blockDim.x) {
    const double before = change.before(row, col);
    const double after = before + change.step(row, col);
    before_sum += before * before;
    after_sum += after * after;
  }
  before_sum = block_reduce(before_sum, Sum(), partial);
  after_sum = block_reduce(after_sum, Sum(), partial);
  return {sqrt(before_sum), sqrt(after_sum)};
}

template <class W, class D>
__device__ __forceinline__ double direction_change(const Change<W, D>& change, int64_t row, double inverse_before,
                                                   double inverse_after, const Shared<double>& partial) {
  double sum = 0.0;
  for (int64_t col = threadIdx.x; col < change.w0.cols; col += blockDim.x) {
    const double before = change.before(row, col);
    const double difference = (before + change.step(row, col)) * inverse_after - before * inverse_before;
    sum += difference * difference;
  }
  return 0.5 * block_reduce(sum, Sum(), partial);
}

/** magnitude (1,M), or no columns. */
template <class W, class D>
__global__ void row_changes_kernel(Array<double> change_m, Array<double> change_d, Change<W, D> change,
                                   View<const float> magnitude) {
  SharedMemory memory;
  const Shared<double> partial = memory.take<double>(kReduceElements);
  const int64_t row = blockIdx.x;
  const Norms norms = row_norms(change, row, partial);
  const double signed_norm = magnitude.cols > 0 ? static_cast<double>(magnitude.load(0, row)) : norms.after;
  // Without a length before or after it is 0 times infinity: no number.
  const double inverse_after = copysign(1.0 / norms.after, signed_norm);
  const double along = direction_change(change, row, 1.0 / norms.before, inverse_after, partial);
  const double direction = signed_norm != 0.0 ? along : bit_cast<double>(uint64_t{0x7ff8000000000000});
  if (threadIdx.x != 0) return;
  change_m.store(row, fabs(fabs(signed_norm) - norms.before));
  change_d.store(row, direction);
}

}  // namespace

void CudaOps::row_changes(double* change_m, double* change_d, Tensor w0, Tensor delta, Tensor magnitude) {
  const int64_t rows = w0.rows;
  scratch_.reset();
  const auto m = take_array<double>(scratch_, rows);
  const auto d = take_array<double>(scratch_, rows);
  with_weight(w0, [&](auto before) {
    with_activation(delta, [&](auto step) {
      using W = decltype(before);
      using D = typename decltype(step)::Element;
      launch("row_changes", row_changes_kernel<W, D>, block_of_each(rows), threads_of_row(w0.cols),
             kReduceElements * sizeof(double), m, d, Change<W, D>{before, View<const D>(delta)},
             View<const float>(magnitude));
    });
  });
  copy_to_host(change_m, m.data, m.size_bytes());
  copy_to_host(change_d, d.data, d.size_bytes());
}

}  // namespace adapter_lab
