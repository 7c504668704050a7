// The k best continuations of each row: a block shares a row and reads it once; each thread keeps the best of its own
// elements. The best of all is taken k times; after each, all threads look through the elements of the one that had it
// for its next.
#include "cuda/array.h"
#include "cuda/cuda_ops.h"
#include "cuda/row_sum.h"
#include "cuda/view.h"

namespace adapter_lab {
namespace {

using namespace gpu;

/** A key that is larger for larger values and, of equals, for lower columns. 0 is no element's. Bits of floats are
 *  whole numbers in the floats' order, those of negative ones in the opposite order, which are inverted. */
__device__ __forceinline__ uint64_t key_of(float value, int64_t col) {
  const auto bits = bit_cast<uint32_t>(value + 0.0f);  // one zero, not two
  const uint32_t ordered = bits & 0x80000000u ? ~bits : bits | 0x80000000u;
  return static_cast<uint64_t>(ordered) << 32 | static_cast<uint32_t>(~static_cast<uint32_t>(col));
}
__device__ __forceinline__ float value_of(uint64_t key) {
  const auto ordered = static_cast<uint32_t>(key >> 32);
  return bit_cast<float>(ordered & 0x80000000u ? ordered & 0x7fffffffu : ~ordered);
}
__device__ __forceinline__ int64_t column_of(uint64_t key) { return ~static_cast<uint32_t>(key); }

/** The thread's share in the search for the best below `limit` among every `step`-th column from `first` on. */
template <class T>
__device__ uint64_t best_below(uint64_t limit, const View<const T>& logits, int64_t row, int64_t first, int64_t step) {
  uint64_t best = 0;
  for (int64_t col = first + step * threadIdx.x; col < logits.cols; col += step * blockDim.x) {
    const uint64_t key = key_of(logits.load(row, col), col);
    if (key < limit && key > best) best = key;
  }
  return best;
}

template <class T>
__global__ void top_kernel(View<float> values, Array<int32_t> indices, View<const T> logits) {
  SharedMemory memory;
  const RowSumMemory partial(memory);
  const Shared<uint64_t> keys = memory.take<uint64_t>(kReduceElements);
  const int64_t row = blockIdx.x;
  uint64_t own = 0;
  const RowSum sum = row_sum(logits.cols, partial, [&](int64_t col) {
    const float value = logits.load(row, col);
    own = Maximum()(key_of(value, col), own);
    return value;
  });
  const double log_sum = sum.logarithm();
  for (int64_t rank = 0; rank < values.cols; ++rank) {
    const uint64_t best = block_reduce(own, Maximum(), keys);
    const int64_t col = column_of(best);
    if (threadIdx.x == 0) {
      values.store(row, rank, static_cast<float>(static_cast<double>(value_of(best)) - log_sum));
      indices.store(row * values.cols + rank, static_cast<int32_t>(col));
    }
    const int64_t owner = col % blockDim.x;
    const uint64_t next = block_reduce(best_below(best, logits, row, owner, blockDim.x), Maximum(), keys);
    if (threadIdx.x == owner) own = next;
  }
}

constexpr size_t kTopBytes = kRowSumBytes + kReduceElements * sizeof(uint64_t);

}  // namespace

void CudaOps::top_log_probabilities(float* values, int32_t* indices, Tensor logits, int64_t k) {
  scratch_.reset();
  const Tensor best = scratch_.take(logits.rows, k);
  const int64_t count = best.count();
  const auto places = take_array<int32_t>(scratch_, count);
  with_activation(logits, [&](auto x) {
    using T = typename decltype(x)::Element;
    launch("top_log_probabilities", top_kernel<T>, block_of_each(logits.rows), threads_of_logits(logits.cols),
           kTopBytes, View<float>(best), places, View<const T>(logits));
  });
  copy_to_host(values, best.data, static_cast<size_t>(count) * sizeof(float));
  copy_to_host(indices, places.data, places.size_bytes());
}

}  // namespace adapter_lab
