// y = (u + alpha x w^T) gain by column, or added to y: how kernels of products write it.
#pragma once
#include "cuda/product.h"

namespace adapter_lab::gpu {

/** As Ops::scaled_product; y, u and x are of one type. */
struct ScaledProduct {
  Tensor y, u, x, w, gain;
  float alpha;
  bool accumulate;
  int64_t depth() const { return x.cols; }
};
void multiply_scaled_by_tensor_cores(const ScaledProduct& product);

/** Where sums become elements of y. Roundings are fixed, so that every kernel gives the same bits for the same sum. */
template <class T>
struct ScaledOutput {
  View<T> y;
  View<const T> u;  // may have no data
  View<const float> gain;
  float alpha;
  bool accumulate;

  explicit ScaledOutput(const ScaledProduct& product)
      : y(product.y), u(product.u), gain(product.gain), alpha(product.alpha), accumulate(product.accumulate) {}

  __device__ __forceinline__ void store(int64_t row, int64_t col, float sum) const {
    const float before = u.data ? u.load(row, col) : 0.0f;
    const float added = accumulate ? y.load(row, col) : 0.0f;
    y.store(row, col, result(sum, before, gain.load(0, col), added));
  }
  /** Of columns col and col + 1, as far as they are there. */
  __device__ __forceinline__ void store2(int64_t row, int64_t col, const Pair& sums) const {
    const Pair before = u.data ? u.load2(row, col) : Pair{};
    const Pair added = accumulate ? y.load2(row, col) : Pair{};
    const Pair gains = gain.load2(0, col);
    Pair results;
    for (int i = 0; i < 2; ++i) results.at[i] = result(sums.at[i], before.at[i], gains.at[i], added.at[i]);
    y.store2(row, col, results);
  }

 private:
  __device__ __forceinline__ float result(float sum, float before, float gain_of_column, float added) const {
    return multiply_then_add(multiply_then_add(alpha, sum, before), gain_of_column, added);
  }
};

}  // namespace adapter_lab::gpu
