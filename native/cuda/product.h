// Matrix products inside the backend, and how kernels write them.
#pragma once
#include "cuda/scratch.h"
#include "cuda/view.h"

namespace adapter_lab::gpu {

/** c (M,N) = alpha op(a) op(b) + beta c, as Ops::gemm. */
struct Product {
  Tensor c;
  Tensor a;
  bool transpose_a;
  Tensor b;
  bool transpose_b;
  float alpha;
  float beta;
  int64_t depth() const { return transpose_a ? a.rows : a.cols; }
};

enum class Sums {
  kInOrder,  // along k, whatever the sizes
  kInRuns,   // k may be cut where c is small; sizes alone decide
};
/** Takes scratch memory, and resets nothing. */
void multiply(Scratch& scratch, const Product& product, Sums sums);

/** The same in f32 alone, a any weight and b f32. */
void multiply_weight(Scratch& scratch, const Product& product);

/** Whether a product goes by tensor cores: one of bf16 activations or their gradients. What is not bf16 is rounded to
 *  it then, as autocast does; sums are f32. Products of parameters alone stay f32. */
bool takes_tensor_cores(const Product& product);
void multiply_by_tensor_cores(Scratch& scratch, const Product& product, Sums sums);

/** x w^T of so few rows that the time goes into reading w. Sums run along k in order. */
constexpr int64_t kFewRows = 8;
void multiply_few_rows(const Product& product);

/** Where sums become elements of c. Roundings are fixed, so that every kernel gives the same bits for the same sum. */
struct Output {
  View<float> wide;
  View<BFloat16> narrow;
  bool is_wide;
  float alpha, beta;

  Output(Tensor c, float alpha, float beta)
      : wide(c), narrow(c), is_wide(c.dtype == DType::f32), alpha(alpha), beta(beta) {}

  __device__ __forceinline__ void store(int64_t row, int64_t col, float sum) const {
    if (is_wide)
      store_to(wide, row, col, sum);
    else
      store_to(narrow, row, col, sum);
  }
  /** Of columns col and col + 1, as far as they are there. */
  __device__ __forceinline__ void store2(int64_t row, int64_t col, const Pair& sums) const {
    if (is_wide)
      store2_to(wide, row, col, sums);
    else
      store2_to(narrow, row, col, sums);
  }

 private:
  template <class C>
  __device__ __forceinline__ void store_to(const View<C>& c, int64_t row, int64_t col, float sum) const {
    c.store(row, col, result(sum, beta == 0.0f ? 0.0f : c.load(row, col)));
  }
  template <class C>
  __device__ __forceinline__ void store2_to(const View<C>& c, int64_t row, int64_t col, const Pair& sums) const {
    const Pair before = beta == 0.0f ? Pair{} : c.load2(row, col);
    c.store2(row, col, {{result(sums.at[0], before.at[0]), result(sums.at[1], before.at[1])}});
  }
  /** `before` is 0 where beta is. */
  __device__ __forceinline__ float result(float sum, float before) const {
    return multiply_then_add(beta, before, multiply_then_add(alpha, sum, 0.0f));
  }
};

/** c is set from partial (runs M, N), whose runs are added up in order. */
void add_runs(const Output& output, Tensor partial, Tensor c);

}  // namespace adapter_lab::gpu
