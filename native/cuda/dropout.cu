// Dropout without a stored mask: the hash of each element's index decides (core/dropout_hash.h), as on the CPU. A
// thread reads a few elements before it writes any, so that enough reads are under way at once.
#include "cuda/cuda_ops.h"
#include "cuda/elements.h"
#include "cuda/view.h"
#include "ops/dropout_mask.h"

namespace adapter_lab {
namespace {

using namespace gpu;

constexpr int kOwn = 4;

/** Elements [first, first + count) of x through the run's mask: y is set, or added to. */
template <class T, bool kAdds>
__global__ void dropout_kernel(View<T> y, View<const T> x, DropoutRun run, int64_t first, int64_t count) {
  const int64_t begin = static_cast<int64_t>(blockIdx.x) * blockDim.x * kOwn + threadIdx.x;
  float values[kOwn] = {};
  float sums[kOwn] = {};
  for (int i = 0; i < kOwn; ++i) {
    const int64_t index = begin + static_cast<int64_t>(i) * blockDim.x;
    if (index >= count) break;
    const Place place = place_of(first + index, y.rows, y.cols);
    values[i] = x.load(place.row, place.col);
    if (kAdds) sums[i] = y.load(place.row, place.col);
  }
  for (int i = 0; i < kOwn; ++i) {
    const int64_t index = begin + static_cast<int64_t>(i) * blockDim.x;
    if (index >= count) break;
    const float factor = dropout_factor(run, run.first + static_cast<uint32_t>(index));
    const float kept = factor == 0.0f ? 0.0f : values[i] * factor;
    const Place place = place_of(first + index, y.rows, y.cols);
    y.store(place.row, place.col, sums[i] + kept);
  }
}

template <bool kAdds>
void drop(const char* name, Tensor y, Tensor x, Dropout dropout) {
  if (y.contiguous() && x.contiguous()) {
    y = flat(y);
    x = flat(x);
  }
  with_activation(y, [&](auto to) {
    using T = typename decltype(to)::Element;
    DropoutMask(dropout).for_runs(0, y.count(), [&](int64_t first, int64_t count, DropoutRun run) {
      launch(name, dropout_kernel<T, kAdds>, blocks_of(count, kOwn * kElementThreads), kElementThreads, 0, to,
             View<const T>(x), run, first, count);
    });
  });
}

}  // namespace

void CudaOps::dropout_forward(Tensor y, Tensor x, Dropout dropout) { drop<false>("dropout_forward", y, x, dropout); }

void CudaOps::dropout_backward(Tensor dx, Tensor dy, Dropout dropout) {
  drop<true>("dropout_backward", dx, dy, dropout);
}

}  // namespace adapter_lab
