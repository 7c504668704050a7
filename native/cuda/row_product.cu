// Products whose rows do not depend on each other: every sum runs along k in order, in whichever kernel. With a few
// rows, as in a generation, w is read once and all else waits for it: a block takes few rows of w, so that many blocks
// read at once, and long stretches of them, so that each has much under way.
#include "cuda/cuda_ops.h"
#include "cuda/product.h"
#include "cuda/registers.h"
#include "cuda/rows.h"

namespace adapter_lab {
namespace {

using namespace gpu;

constexpr int kCols = 16;
constexpr int kDepth = 128;
constexpr int kQuads = kDepth / 4;
constexpr int kPitch = kQuads + 1;  // lines begin in different banks
constexpr int kThreads = static_cast<int>(kFewRows) * kCols;

/** tile (lines, kDepth) is set; what lies outside of x is 0. */
template <class Matrix>
__device__ __forceinline__ void fill(const Shared<Quad>& tile, int lines, const Matrix& x, int64_t first_row,
                                     int64_t first) {
  for (int i = static_cast<int>(threadIdx.x); i < lines * kQuads; i += kThreads) {
    const int64_t row = first_row + i / kQuads;
    const int64_t col = first + i % kQuads * 4;
    Quad quad;
    for (int j = 0; j < 4; ++j) quad.at[j] = row < x.rows && col + j < x.cols ? x.load(row, col + j) : 0.0f;
    tile[i / kQuads * kPitch + i % kQuads] = quad;
  }
}

template <class X, class W>
__global__ void __launch_bounds__(kThreads) few_rows_kernel(Output output, View<const X> x, W w) {
  SharedMemory memory;
  const Shared<Quad> x_tile = memory.take<Quad>(kFewRows * kPitch);
  const Shared<Quad> w_tile = memory.take<Quad>(kCols * kPitch);
  const int64_t first_col = static_cast<int64_t>(blockIdx.x) * kCols;
  const int row = static_cast<int>(threadIdx.x) / kCols;
  const int col = static_cast<int>(threadIdx.x) % kCols;
  float sum = 0.0f;
  for (int64_t first = 0; first < w.cols; first += kDepth) {
    fill(w_tile, kCols, w, first_col, first);
    fill(x_tile, static_cast<int>(x.rows), x, 0, first);
    __syncthreads();
    if (row < x.rows) {
      for (int i = 0; i < kQuads; ++i) {
        const Quad left = x_tile[row * kPitch + i];
        const Quad right = w_tile[col * kPitch + i];
        sum = add_dot(sum, left, right);
      }
    }
    __syncthreads();
  }
  if (row < x.rows && first_col + col < w.rows) output.store(row, first_col + col, sum);
}

}  // namespace

void gpu::multiply_few_rows(const Product& product) {
  constexpr size_t kSharedBytes = static_cast<size_t>((kFewRows + kCols) * kPitch) * sizeof(Quad);
  with_activation(product.a, [&](auto left) {
    with_weight(product.b, [&](auto w) {
      using X = typename decltype(left)::Element;
      launch("row_product", few_rows_kernel<X, decltype(w)>, {static_cast<unsigned>(ceil_div(w.rows, kCols)), 1, 1},
             kThreads, kSharedBytes, Output(product.c, product.alpha, product.beta), View<const X>(product.a), w);
    });
  });
}

void CudaOps::row_product(Tensor y, Tensor x, Tensor w, float alpha, bool accumulate) {
  const Product product{y, x, false, w, true, alpha, accumulate ? 1.0f : 0.0f};
  if (y.rows <= kFewRows && !takes_tensor_cores(product)) return multiply_few_rows(product);
  scratch_.reset();
  multiply(scratch_, product, Sums::kInOrder);
}

}  // namespace adapter_lab
