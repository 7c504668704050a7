// The sum of a row's exponentials, read once: each thread keeps the largest it has met and the sum of exp(x - largest)
// of its own elements (online softmax, arXiv 1805.02867); the block combines them. A few exponentials are added up in
// f32, those sums in double: over a vocabulary of 49,152 a plain f32 sum is off by more than 1e-6. What is summed
// depends on the row alone.
#pragma once
#include <cmath>

#include "cuda/reduce.h"
#include "cuda/rows.h"

namespace adapter_lab::gpu {

/** Elements that a thread reads before it uses any, a block's width apart. */
constexpr int kOwnLogits = 8;

inline unsigned threads_of_logits(int64_t cols) {
  return static_cast<unsigned>(std::clamp<int64_t>(ceil_div(ceil_div(cols, kOwnLogits), kWarp), 1, 16) * kWarp);
}

struct RowSum {
  float most = -INFINITY;
  double sum = 0.0;  // of exp(x - most)

  __device__ double logarithm() const { return log(sum) + static_cast<double>(most); }
};

/** Shared memory that row_sum wants. */
struct RowSumMemory {
  Shared<float> most;
  Shared<double> sums;

  __device__ explicit RowSumMemory(SharedMemory& memory)
      : most(memory.take<float>(kReduceElements)), sums(memory.take<double>(kReduceElements)) {}
};
constexpr size_t kRowSumBytes = kReduceElements * (sizeof(float) + sizeof(double));

/** What is subtracted before exponentials: the largest, or 0 where there is nothing but -infinity. */
__device__ __forceinline__ float base_of(float most) { return most == -INFINITY ? 0.0f : most; }

__device__ __forceinline__ void add_to(RowSum& own, const float (&values)[kOwnLogits]) {
  float most = own.most;
  for (int i = 0; i < kOwnLogits; ++i) most = Maximum()(values[i], most);
  const float base = base_of(most);
  float part = 0.0f;
  for (int i = 0; i < kOwnLogits; ++i) part += expf(values[i] - base);
  own.sum = own.sum * static_cast<double>(expf(own.most - base)) + static_cast<double>(part);
  own.most = most;
}

/** Over value(col) of all columns; every thread gets the result. Thread t asks for the columns t, t + threads, ... */
template <class Value>
__device__ __forceinline__ RowSum row_sum(int64_t cols, const RowSumMemory& memory, const Value& value) {
  RowSum own;
  for (int64_t first = threadIdx.x; first < cols; first += static_cast<int64_t>(kOwnLogits) * blockDim.x) {
    float values[kOwnLogits];
    for (int i = 0; i < kOwnLogits; ++i) {
      const int64_t col = first + static_cast<int64_t>(i) * blockDim.x;
      values[i] = col < cols ? value(col) : -INFINITY;
    }
    add_to(own, values);
  }
  const float most = block_reduce(own.most, Maximum(), memory.most);
  const double sum = own.sum * static_cast<double>(expf(own.most - base_of(most)));
  return {most, block_reduce(sum, Sum(), memory.sums)};
}

}  // namespace adapter_lab::gpu
