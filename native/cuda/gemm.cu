// Matrix products by tiles: a block computes a tile of c, going along k some steps at a time; a thread holds kOwnRows x
// kOwnCols sums. A sum runs along k in order, so a row of c has the same bits whatever tile it is computed in. Where c
// has few tiles and k is long, blocks share out k in runs whose sums are added up in order.
#include "cuda/cublas_lt.h"
#include "cuda/cuda_ops.h"
#include "cuda/elements.h"
#include "cuda/product.h"
#include "cuda/product_runs.h"
#include "cuda/registers.h"
#include "cuda/rows.h"
#include "cuda/scaled_product.h"
#include "cuda/tensor_cores.h"

namespace adapter_lab {
namespace {

using namespace gpu;

/** kDown x kAcross threads, each with so many rows and columns of the tile, kDown and kAcross apart: neighbouring
 * threads read and write neighbouring columns. A quad holds four lines (rows of op(a), columns of op(b)) of one thread
 * at one step along k. */
template <int kDown_, int kAcross_, int kOwnRows_, int kOwnCols_, int kDepth_>
struct Tile {
  static constexpr int kDown = kDown_, kAcross = kAcross_, kOwnRows = kOwnRows_, kOwnCols = kOwnCols_, kDepth = kDepth_;
  static constexpr int kRows = kDown * kOwnRows, kCols = kAcross * kOwnCols;
  static constexpr int kThreads = kDown * kAcross;
  // Of a multiprocessor: the largest tile's sums leave registers for one.
  static constexpr int kBlocksAtOnce = kOwnRows * kOwnCols > 16 ? 1 : 512 / kThreads;
  // One quad more than the lines need: threads that write one step below the other meet different banks.
  static constexpr int kPitchA = kRows / 4 + 1, kPitchB = kCols / 4 + 1;
  static constexpr size_t kSharedBytes = static_cast<size_t>(kDepth * (kPitchA + kPitchB)) * sizeof(Quad);
};

using Large = Tile<16, 16, 8, 8, 8>;
using Middle = Tile<16, 16, 4, 4, 16>;
using Narrow = Tile<16, 8, 4, 4, 32>;  // few columns: products with an adapter's A
using Thin = Tile<32, 4, 4, 4, 32>;    // of rank 16
using Flat = Tile<8, 16, 4, 4, 32>;    // few rows: A's gradient
using Small = Tile<8, 8, 4, 4, 32>;

/** An operand as lines along k. */
template <class Matrix>
struct Lines {
  Matrix matrix;
  bool are_columns;
  __device__ __forceinline__ int64_t count() const { return are_columns ? matrix.cols : matrix.rows; }
  __device__ __forceinline__ float load(int64_t line, int64_t step) const {
    return are_columns ? matrix.load(step, line) : matrix.load(line, step);
  }
};

struct Steps {
  int64_t begin, end;
};

/** tile (kDepth, kLines / 4) is set; what lies outside of the operand is 0. Neighbouring threads read neighbouring
 * elements. */
template <class T, int kLines, int kApart, class Matrix>
__device__ __forceinline__ void fill(const Shared<Quad>& tile, const Lines<Matrix>& x, int64_t first_line,
                                     Steps steps) {
  constexpr int kQuads = kLines / 4;
  for (int i = static_cast<int>(threadIdx.x); i < kQuads * T::kDepth; i += T::kThreads) {
    const int depth = x.are_columns ? i / kQuads : i % T::kDepth;
    const int place = x.are_columns ? i % kQuads : i / T::kDepth;
    const int64_t step = steps.begin + depth;
    const int64_t line = first_line + place / kApart * (4 * kApart) + place % kApart;
    Quad quad;
    for (int j = 0; j < 4; ++j)
      quad.at[j] = step < steps.end && line + j * kApart < x.count() ? x.load(line + j * kApart, step) : 0.0f;
    tile[depth * (kQuads + 1) + place] = quad;
  }
}

/** sums += the tiles' product. */
template <class T>
__device__ __forceinline__ void multiply_tiles(float (&sums)[T::kOwnRows][T::kOwnCols], const Shared<Quad>& a_tile,
                                               const Shared<Quad>& b_tile, int down, int across) {
  for (int depth = 0; depth < T::kDepth; ++depth) {
    Quad left[T::kOwnRows / 4];
    GPU_UNROLL for (int i = 0; i < T::kOwnRows / 4; ++i) left[i] = a_tile[depth * T::kPitchA + i * T::kDown + down];
    GPU_UNROLL for (int j = 0; j < T::kOwnCols / 4; ++j) {
      const Quad right = b_tile[depth * T::kPitchB + j * T::kAcross + across];
      GPU_UNROLL for (int i = 0; i < T::kOwnRows; ++i) GPU_UNROLL for (int e = 0; e < 4; ++e) sums[i][4 * j + e] +=
          left[i / 4].at[i % 4] * right.at[e];
    }
  }
}

/** Products of activations in bf16, as takes_tensor_cores has them: with f32 a weight may be on the left. */
template <class A, class B, class Out>
constexpr bool kHasRoundedLines = std::is_same_v<A, View<const BFloat16>> &&
                                  (!std::is_same_v<B, View<const float>> || !std::is_same_v<Out, Output>);

/** Run z of k goes to rows [z M, z M + M) of the output. */
template <class T, class A, class B, class Out>
__global__ void __launch_bounds__(T::kThreads, T::kBlocksAtOnce)
    gemm_kernel(Out output, Lines<A> a, Lines<B> b, int64_t depth, int64_t run_depth) {
  if constexpr (kHasRoundedLines<A, B, Out>) only_without_tensor_cores();
  SharedMemory memory;
  const Shared<Quad> a_tile = memory.take<Quad>(T::kDepth * T::kPitchA);
  const Shared<Quad> b_tile = memory.take<Quad>(T::kDepth * T::kPitchB);
  const int64_t first_row = static_cast<int64_t>(blockIdx.y) * T::kRows;
  const int64_t first_col = static_cast<int64_t>(blockIdx.x) * T::kCols;
  const int down = static_cast<int>(threadIdx.x) / T::kAcross;
  const int across = static_cast<int>(threadIdx.x) % T::kAcross;
  const int64_t run_begin = blockIdx.z * run_depth;
  const int64_t run_end = run_begin + run_depth < depth ? run_begin + run_depth : depth;
  float sums[T::kOwnRows][T::kOwnCols] = {};
  for (int64_t first = run_begin; first < run_end; first += T::kDepth) {
    fill<T, T::kRows, T::kDown>(a_tile, a, first_row, {first, run_end});
    fill<T, T::kCols, T::kAcross>(b_tile, b, first_col, {first, run_end});
    __syncthreads();
    multiply_tiles<T>(sums, a_tile, b_tile, down, across);
    __syncthreads();
  }
  GPU_UNROLL for (int i = 0; i < T::kOwnRows; ++i) {
    const int64_t row = first_row + i * T::kDown + down;
    GPU_UNROLL for (int j = 0; j < T::kOwnCols; ++j) {
      const int64_t col = first_col + j * T::kAcross + across;
      if (row < a.count() && col < b.count()) output.store(blockIdx.z * a.count() + row, col, sums[i][j]);
    }
  }
}

constexpr int64_t kLargeTiles = 64;  // with fewer most of a GPU would idle

/** Others multiply f32 by weights as they are stored, in norms and where a run begins: three tiles do for them. */
template <class A, class B>
constexpr bool kHasAllTiles = std::is_same_v<A, View<const BFloat16>> ||
                              (std::is_same_v<A, View<const float>> && std::is_same_v<B, View<const float>>);

template <class A, class B, class Run>
void with_tile(Tensor c, Run&& run) {
  if constexpr (kHasAllTiles<A, B>) {
    if (c.rows <= Small::kRows && c.cols <= Small::kCols) return run(Small());
    if (c.rows <= Flat::kRows) return run(Flat());
    if (c.cols > Narrow::kCols && tiles_of<Large>(c) >= kLargeTiles) return run(Large());
  }
  if (c.cols <= Thin::kCols) return run(Thin());
  if (c.cols <= Narrow::kCols) return run(Narrow());
  run(Middle());
}

/** left and right: the product's a and b. */
template <class A, class B>
void multiply_tiled(Scratch& scratch, const Product& product, Sums sums, A left, B right) {
  with_tile<A, B>(product.c, [&](auto tile) {
    using T = decltype(tile);
    by_runs<T>(scratch, product, sums, [&](Extent grid, Output output, int64_t run_depth) {
      launch("gemm", gemm_kernel<T, A, B, Output>, grid, T::kThreads, T::kSharedBytes, output,
             Lines<A>{left, product.transpose_a}, Lines<B>{right, !product.transpose_b}, product.depth(), run_depth);
    });
  });
}

/** y, u and x are of T. */
template <class T>
void multiply_scaled(const ScaledProduct& product) {
  using A = View<const T>;
  using B = View<const float>;
  launch("scaled_product", gemm_kernel<Middle, A, B, ScaledOutput<T>>, grid_of<Middle>(product.y), Middle::kThreads,
         Middle::kSharedBytes, ScaledOutput<T>(product), Lines<A>{A(product.x), false},
         Lines<B>{B(product.w), false}, product.depth(), product.depth());
}

}  // namespace

void gpu::multiply(Scratch& scratch, const Product& product, Sums sums) {
  if (takes_tensor_cores(product)) return multiply_by_tensor_cores(scratch, product, sums);
  with_activation(product.a, [&](auto left) {
    using A = View<const typename decltype(left)::Element>;
    with_weight(product.b, [&](auto right) { multiply_tiled(scratch, product, sums, A(product.a), right); });
  });
}

void gpu::multiply_weight(Scratch& scratch, const Product& product) {
  with_weight(product.a, [&](auto left) {
    multiply_tiled(scratch, product, Sums::kInRuns, left, View<const float>(product.b));
  });
}

void CudaOps::gemm(Tensor c, Tensor a, bool transpose_a, Tensor b, bool transpose_b, float alpha, float beta) {
  constexpr int64_t kManyColumns = 512;
  const Product product{c, a, transpose_a, b, transpose_b, alpha, beta};
  const bool has_few_rows = c.rows <= kFewRows && c.cols >= kManyColumns && !transpose_a && transpose_b;
  if (has_few_rows && !takes_tensor_cores(product)) return multiply_few_rows(product);
  scratch_.reset();
  CublasLt* const library = takes_tensor_cores(product) ? cublas_lt() : nullptr;
  if (library == nullptr || !library->multiply(product)) multiply(scratch_, product, Sums::kInRuns);
}

void CudaOps::scaled_product(Tensor y, Tensor u, Tensor x, Tensor w, Tensor gain, float alpha, bool accumulate) {
  const ScaledProduct product{y, u, x, w, gain, alpha, accumulate};
  if (takes_tensor_cores({y, x, false, w, true, alpha, 0.0f})) return multiply_scaled_by_tensor_cores(product);
  with_activation(y, [&](auto to) { multiply_scaled<typename decltype(to)::Element>(product); });
}

}  // namespace adapter_lab
