// Products of a weight with an adapter's matrix, to the rounding of f32. A bf16 weight takes tensor cores: an f32 is
// the sum of three bf16, so that all products are exact and sums alone are rounded.
#include "cuda/cuda_ops.h"
#include "cuda/elements.h"
#include "cuda/product.h"
#include "cuda/tensor_cores.h"

namespace adapter_lab {
namespace {

using namespace gpu;

constexpr int64_t kParts = 3;
constexpr int64_t kMostLines = 64;  // sums of all parts are kept for each row of the weight

/** parts (3 N,K): the upper eight bits of each of x (N,K), the next eight, and what is left. */
__global__ void split_kernel(View<BFloat16> parts, View<const float> x) {
  for_own_quad(x.rows, x.cols, [&](int64_t row, int64_t col) {
    Quad rest = x.load4(row, col);
    for (int64_t part = 0; part < kParts; ++part) {
      parts.store4(part * x.rows + row, col, rest);
      for (int e = 0; e < 4; ++e) rest.at[e] -= widen(narrow<BFloat16>(rest.at[e]));
    }
  });
}

/** y (M,N) is set from sums (M,3 N), the small ones first. */
__global__ void add_parts_kernel(View<float> y, View<const float> sums) {
  const int64_t index = element_index();
  if (index >= y.rows * y.cols) return;
  const int64_t row = index / y.cols;
  const int64_t col = index % y.cols;
  float sum = 0.0f;
  for (int64_t part = kParts - 1; part >= 0; --part) sum += sums.load(row, part * y.cols + col);
  y.store(row, col, sum);
}

void multiply_parts(Scratch& scratch, Tensor y, Tensor w, Tensor x) {
  const int64_t stride = ceil_div(x.cols, 8) * 8;  // rows are read by pieces
  void* const memory = scratch.take_bytes(static_cast<size_t>(kParts * x.rows * stride) * size_of(DType::bf16));
  Tensor parts(memory, kParts * x.rows, x.cols, DType::bf16);
  parts.stride = stride;
  launch_quads("split", split_kernel, x, View<BFloat16>(parts), View<const float>(x));
  const Tensor sums = scratch.take(y.rows, parts.rows);
  multiply_by_tensor_cores(scratch, {sums, w, false, parts, true, 1.0f, 0.0f}, Sums::kInRuns);
  launch_elements("add_parts", add_parts_kernel, y.count(), View<float>(y), View<const float>(sums));
}

}  // namespace

void CudaOps::weight_product(Tensor y, Tensor w, Tensor x) {
  scratch_.reset();
  if (w.dtype == DType::bf16 && x.rows <= kMostLines && has_tensor_cores()) return multiply_parts(scratch_, y, w, x);
  multiply_weight(scratch_, {y, w, false, x, true, 1.0f, 0.0f});
}

}  // namespace adapter_lab
