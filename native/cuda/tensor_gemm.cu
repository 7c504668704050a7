// Matrix products of bf16 by tensor cores: a block computes a tile of c, its warps a part of it each. Tiles of the
// operands pass through shared memory, kStages of them at a time: the next are under way while products are made.
// Every sum runs along k by sixteens in order, in whatever tile it is computed; where c has few tiles and k is long,
// blocks share out k in runs whose sums are added up in order.
#include "cuda/elements.h"
#include "cuda/product.h"
#include "cuda/product_runs.h"
#include "cuda/scaled_product.h"
#include "cuda/staged_operand.h"

namespace adapter_lab {
namespace {

using namespace gpu;

/** kDown x kAcross warps, each with kWarpRows x kWarpCols of the tile. */
template <int kDown_, int kAcross_, int kWarpRows_, int kWarpCols_, int kDepth_, int kStages_, int kBlocksAtOnce_>
struct TensorTile {
  static constexpr int kDown = kDown_, kAcross = kAcross_, kWarpRows = kWarpRows_, kWarpCols = kWarpCols_;
  static constexpr int kDepth = kDepth_, kStages = kStages_, kBlocksAtOnce = kBlocksAtOnce_;
  static constexpr int kRows = kDown * kWarpRows, kCols = kAcross * kWarpCols;
  static constexpr int kThreads = kDown * kAcross * kWarp;
};

using Large = TensorTile<2, 4, 64, 32, 32, 2, 2>;
using Middle = TensorTile<2, 2, 32, 32, 32, 3, 4>;
using Narrow = TensorTile<4, 1, 32, 32, 32, 3, 4>;  // few columns: products with an adapter's A
using Flat = TensorTile<1, 4, 32, 32, 32, 3, 4>;    // few rows: A's gradient
// A generation's rows: all waits for b, so that many blocks read at once, and each has much under way.
using Few = TensorTile<1, 1, 16, 16, 128, 3, 4>;

/** Of a warp: its part of the tile by sixteen rows and eight columns. */
template <class T>
using WarpSums = FragmentD[T::kWarpRows / 16][T::kWarpCols / 8];

/** sums += the stages' product. */
template <class T>
__device__ __forceinline__ void multiply_stages(WarpSums<T>& sums, const LinesInShared& a, const LinesInShared& b,
                                                int warp_row, int warp_col) {
  GPU_NO_UNROLL for (int step = 0; step < T::kDepth; step += 16) {
    FragmentB cols[T::kWarpCols / 8];
    GPU_UNROLL for (int j = 0; j < T::kWarpCols / 8; j += 2) b.load_b(cols[j], cols[j + 1], warp_col + 8 * j, step);
    GPU_UNROLL for (int i = 0; i < T::kWarpRows / 16; ++i) {
      const FragmentA rows = a.load_a(warp_row + 16 * i, step);
      GPU_UNROLL for (int j = 0; j < T::kWarpCols / 8; ++j) multiply_add(sums[i][j], rows, cols[j]);
    }
  }
}

/** The sums along the steps [begin, end), begin a multiple of kDepth. */
template <class T, class A, class B>
__device__ __forceinline__ void sum_steps(WarpSums<T>& sums, A& a, B& b, int begin, int end, int warp_row,
                                          int warp_col) {
  AsyncCopies copies;
  for (int stage = 0; stage < T::kStages - 1; ++stage) {
    const int step = begin + stage * T::kDepth;
    if (step < end) {
      a.begin(stage, step, copies);
      b.begin(stage, step, copies);
      a.finish(stage, step);
      b.finish(stage, step);
    }
    copies.commit();
  }
  int stage = 0;
  for (int step = begin; step < end; step += T::kDepth) {
    copies.wait<T::kStages - 2>();
    // All see this stage, and nobody reads the one before it any more: it is filled again.
    __syncthreads();
    const int free_stage = stage == 0 ? T::kStages - 1 : stage - 1;
    const int next = step + (T::kStages - 1) * T::kDepth;
    const bool has_next = next < end;
    if (has_next) a.begin(free_stage, next, copies);
    if (has_next) b.begin(free_stage, next, copies);
    copies.commit();
    multiply_stages<T>(sums, a.stage(stage), b.stage(stage), warp_row, warp_col);
    if (has_next) a.finish(free_stage, next);
    if (has_next) b.finish(free_stage, next);
    stage = stage == T::kStages - 1 ? 0 : stage + 1;
  }
}

/** Run z of k goes to rows [z M, z M + M) of the output. */
template <class T, class B, class Out>
__global__ void __launch_bounds__(T::kThreads, T::kBlocksAtOnce)
    tensor_gemm_kernel(Out output, Operand<View<const BFloat16>> a, Operand<B> b, int depth, int run_depth) {
  only_with_tensor_cores();
  SharedMemory memory;
  const int first_row = static_cast<int>(blockIdx.y) * T::kRows;
  const int first_col = static_cast<int>(blockIdx.x) * T::kCols;
  Staged<T, T::kRows, View<const BFloat16>> a_lines(memory, a, first_row);
  Staged<T, T::kCols, B> b_lines(memory, b, first_col);
  const int warp = static_cast<int>(threadIdx.x) / kWarp;
  const int warp_row = warp / T::kAcross * T::kWarpRows;
  const int warp_col = warp % T::kAcross * T::kWarpCols;
  const int begin = static_cast<int>(blockIdx.z) * run_depth;
  const int end = begin + run_depth < depth ? begin + run_depth : depth;
  WarpSums<T> sums = {};
  sum_steps<T>(sums, a_lines, b_lines, begin, end, warp_row, warp_col);
  GPU_UNROLL for (int i = 0; i < T::kWarpRows / 16; ++i) {
    GPU_UNROLL for (int j = 0; j < T::kWarpCols / 8; ++j) {
      GPU_UNROLL for (int element = 0; element < FragmentD::kElements; element += 2) {
        const int row = first_row + warp_row + 16 * i + FragmentD::row(element);
        const int col = first_col + warp_col + 8 * j + FragmentD::col(element);
        if (row < a.count() && col < b.count())
          output.store2(blockIdx.z * a.count() + row, col, {{sums[i][j].at[element], sums[i][j].at[element + 1]}});
      }
    }
  }
}

/** x in bf16: itself, or a copy in scratch whose rows may be read by pieces. */
Tensor rounded(Scratch& scratch, Tensor x) {
  if (x.dtype == DType::bf16) return x;
  const int64_t stride = ceil_div(x.cols, 8) * 8;
  void* const memory = scratch.take_bytes(static_cast<size_t>(x.rows * stride) * size_of(DType::bf16));
  Tensor y(memory, x.rows, x.cols, DType::bf16);
  y.stride = stride;
  copy_elements(y, x);
  return y;
}

template <class T, class B>
constexpr size_t shared_bytes() {
  return Staged<T, T::kRows, View<const BFloat16>>::kSharedBytes + Staged<T, T::kCols, B>::kSharedBytes;
}

constexpr int64_t kLargeTiles = 64;  // with fewer most of a GPU would idle

template <class Run>
void with_tensor_tile(Tensor c, Run&& run) {
  if (c.rows <= Few::kRows) return run(Few());
  if (c.cols <= Narrow::kCols) return run(Narrow());
  if (c.rows <= Flat::kRows) return run(Flat());
  if (tiles_of<Large>(c) >= kLargeTiles) return run(Large());
  run(Middle());
}

/** x of bf16. */
template <class T>
void multiply_scaled(const ScaledProduct& product) {
  using A = View<const BFloat16>;
  using B = View<const float>;
  using Out = ScaledOutput<BFloat16>;
  const auto depth = static_cast<int>(product.depth());
  launch("scaled_product", tensor_gemm_kernel<T, B, Out>, grid_of<T>(product.y), T::kThreads, shared_bytes<T, B>(),
         Out(product), Operand<A>{A(product.x), false, has_whole_pieces(product.x)},
         Operand<B>{B(product.w), false, has_whole_pieces(product.w)}, depth, depth);
}

}  // namespace

bool gpu::takes_tensor_cores(const Product& product) {
  const bool has_activations = product.a.dtype == DType::bf16 || product.c.dtype == DType::bf16 ||
                               (product.transpose_a && product.b.dtype == DType::bf16);
  return has_activations && has_tensor_cores();
}

void gpu::multiply_by_tensor_cores(Scratch& scratch, const Product& product, Sums sums) {
  const Tensor a = rounded(scratch, product.a);
  const Operand<View<const BFloat16>> left{View<const BFloat16>(a), product.transpose_a, has_whole_pieces(a)};
  with_weight(product.b, [&](auto matrix) {
    using B = decltype(matrix);
    const Operand<B> right{matrix, !product.transpose_b, has_whole_pieces(product.b)};
    with_tensor_tile(product.c, [&](auto tile) {
      using T = decltype(tile);
      constexpr size_t kSharedBytes = shared_bytes<T, B>();
      by_runs<T>(scratch, product, sums, [&](Extent grid, Output output, int64_t run_depth) {
        launch("tensor_gemm", tensor_gemm_kernel<T, B, Output>, grid, T::kThreads, kSharedBytes, output, left, right,
               static_cast<int>(product.depth()), static_cast<int>(run_depth));
      });
    });
  });
}

void gpu::multiply_scaled_by_tensor_cores(const ScaledProduct& product) {
  if (tiles_of<Large>(product.y) >= kLargeTiles) return multiply_scaled<Large>(product);
  multiply_scaled<Middle>(product);
}

}  // namespace adapter_lab
