// DoRA (arXiv 2402.09353): the norms of W + s B A without forming it, and the gradients of the magnitudes and through
// the norms.
#include <algorithm>
#include <vector>

#include "cuda/columns.h"
#include "cuda/cuda_ops.h"
#include "cuda/elements.h"
#include "cuda/product.h"
#include "cuda/reduce.h"
#include "cuda/rows.h"
#include "cuda/tensor_runs.h"

namespace adapter_lab {
namespace {

using namespace gpu;

constexpr double kSmallestNorm = 1e-12;
constexpr unsigned kThreads = 256;  // a warp a row

template <class W>
__global__ void row_squares_kernel(View<float> squares, W w) {
  SharedMemory memory;
  const Shared<double> partial = memory.take<double>(kReduceElements);
  const int64_t row = blockIdx.x;
  double sum = 0.0;
  for (int64_t col = threadIdx.x; col < w.cols; col += blockDim.x) {
    const double value = static_cast<double>(w.load(row, col));
    sum += value * value;
  }
  sum = block_reduce(sum, Sum(), partial);
  if (threadIdx.x == 0) squares.store(0, row, static_cast<float>(sum));
}

/** What is known of W + s B A; b_gram (M,r) = b (A A^T). */
struct Factors {
  View<const float> wa, b, b_gram;
  float scale;
};

/** gain, norm, squares, magnitude (1,M). */
__global__ void dora_gain_kernel(View<float> gain, View<float> norm, View<const float> squares,
                                 View<const float> magnitude, Factors factors) {
  const int64_t row = element_index() / kWarp;
  if (row >= factors.b.rows) return;
  const auto scale = static_cast<double>(factors.scale);
  double change = 0.0;
  for (int64_t col = lane(); col < factors.b.cols; col += kWarp)
    change += static_cast<double>(factors.b.load(row, col)) *
              (2.0 * scale * static_cast<double>(factors.wa.load(row, col)) +
               scale * scale * static_cast<double>(factors.b_gram.load(row, col)));
  change = warp_reduce(change, Sum());
  if (lane() != 0) return;
  // Rounding may leave the square of a vanishing row just below zero: its root is no number, and not the larger.
  const double length = sqrt(static_cast<double>(squares.load(0, row)) + change);
  const auto rounded = static_cast<float>(length > kSmallestNorm ? length : kSmallestNorm);
  norm.store(0, row, rounded);
  gain.store(0, row, magnitude.load(0, row) / rounded);
}

/** are_small[run] is set to 1 if an element of the block's run is smaller than `least`, or no number. */
__global__ void find_small_kernel(Array<const Array<const float>> xs, Array<const int64_t> first_runs,
                                  Array<uint8_t> are_small, float least) {
  SharedMemory memory;
  const Shared<unsigned> partial = memory.take<unsigned>(kReduceElements);
  const OwnRun run = own_run(first_runs);
  const Array<const float> x = xs.load_by_all(run.tensor);
  unsigned is_small = 0;
  for (int64_t index = run.first + threadIdx.x; index < run.end(x.count); index += blockDim.x)
    if (!(fabsf(x.load(index)) >= least)) is_small = 1;
  is_small = block_reduce(is_small, Maximum(), partial);
  if (threadIdx.x == 0) are_small.store(blockIdx.x, static_cast<uint8_t>(is_small));
}

constexpr int64_t kSummedRows = 64;
constexpr unsigned kQuadThreads = 64;

/** du = dy gain; run y of rows: sums (runs, M) is set to the sum of dy (u - before). An empty `before` is read as 0, as
 * columns behind the last are. */
template <class T>
__global__ void dora_backward_kernel(View<T> du, View<float> sums, View<const T> dy, View<const T> u,
                                     View<const T> before, View<const float> gain) {
  const int64_t col = 4 * element_index();
  const int64_t run = blockIdx.y;
  const int64_t end = (run + 1) * kSummedRows < dy.rows ? (run + 1) * kSummedRows : dy.rows;
  const Quad factor = gain.load4(0, col);
  Quad sum = {};
  for (int64_t row = run * kSummedRows; row < end; ++row) {
    Quad gradient = dy.load4(row, col);
    const Quad value = u.load4(row, col);
    const Quad taken = before.load4(row, col);
    for (int e = 0; e < 4; ++e) {
      sum.at[e] += gradient.at[e] * (value.at[e] - taken.at[e]);
      gradient.at[e] *= factor.at[e];
    }
    du.store4(row, col, gradient);
  }
  sums.store4(run, col, sum);
}

struct AddByNorm {
  View<float> dmagnitude;
  View<const float> norm;
  __device__ void operator()(int64_t col, float sum) const { dmagnitude.add(0, col, sum / norm.load(0, col)); }
};

/** db, kb (M,r); dmagnitude, gain, norm (1,M). */
__global__ void dora_norm_backward_kernel(View<float> db, View<float> kb, View<const float> dmagnitude,
                                          View<const float> gain, View<const float> norm, Factors factors) {
  const int64_t index = element_index();
  if (index >= kb.rows * kb.cols) return;
  const int64_t row = index / kb.cols;
  const int64_t col = index % kb.cols;
  const float length = norm.load(0, row);
  const bool is_clamped = length <= static_cast<float>(kSmallestNorm);
  const double gradient = static_cast<double>(dmagnitude.load(0, row)) * static_cast<double>(gain.load(0, row));
  const float k = is_clamped ? 0.0f : static_cast<float>(-gradient / static_cast<double>(length));
  kb.store(row, col, k * factors.b.load(row, col));
  db.add(row, col, factors.scale * k * (factors.wa.load(row, col) + factors.scale * factors.b_gram.load(row, col)));
}

/** In scratch. */
Factors factors_of(Scratch& scratch, Tensor wa, Tensor b, Tensor gram, float scale) {
  const Tensor b_gram = scratch.take(b.rows, b.cols);
  multiply(scratch, {b_gram, b, false, gram, false, 1.0f, 0.0f}, Sums::kInRuns);
  return {View<const float>(wa), View<const float>(b), View<const float>(b_gram), scale};
}

}  // namespace

void CudaOps::row_squares(Tensor squares, Tensor w) {
  with_weight(w, [&](auto from) {
    launch("row_squares", row_squares_kernel<decltype(from)>, block_of_each(w.rows), threads_of_row(w.cols),
           kReduceElements * sizeof(double), View<float>(squares), from);
  });
}

void CudaOps::dora_gain(Tensor gain, Tensor norm, Tensor squares, Tensor wa, Tensor b, Tensor gram, Tensor magnitude,
                        float scale) {
  scratch_.reset();
  const Factors factors = factors_of(scratch_, wa, b, gram, scale);
  launch("dora_gain", dora_gain_kernel, blocks_of(b.rows * kWarp, kThreads), kThreads, 0, View<float>(gain),
         View<float>(norm), View<const float>(squares), View<const float>(magnitude), factors);
}

void CudaOps::are_large(uint8_t* are_large, std::span<const Tensor> xs, float least) {
  TensorRuns<Array<const float>> runs;
  for (const Tensor x : xs) runs.add(array_of(x).read_only(), x.count());
  if (runs.count() == 0) return;
  scratch_.reset();
  const Array<uint8_t> on_device = take_array<uint8_t>(scratch_, runs.count());
  runs.launch_over("are_large", find_small_kernel, kReduceElements * sizeof(unsigned), scratch_, on_device, least);
  std::vector<uint8_t> are_small(static_cast<size_t>(runs.count()));
  copy_to_host(are_small.data(), on_device.data, on_device.size_bytes());
  auto own = are_small.begin();
  for (const Tensor x : xs) {
    const auto behind = own + ceil_div(x.count(), kRunElements);
    *are_large++ = std::find(own, behind, 1) == behind;
    own = behind;
  }
}

void CudaOps::dora_backward(Tensor du, Tensor dmagnitude, Tensor dy, Tensor u, Tensor before, Tensor norm,
                            Tensor gain) {
  with_activation(dy, [&](auto from) {
    using T = typename decltype(from)::Element;
    scratch_.reset();
    const int64_t runs = ceil_div(dy.rows, kSummedRows);
    const Tensor sums = scratch_.take(runs, dy.cols);
    const Extent across = blocks_of(ceil_div(dy.cols, 4), kQuadThreads);
    launch("dora_backward", dora_backward_kernel<T>, {across.x, static_cast<unsigned>(runs), 1}, kQuadThreads, 0,
           View<T>(du), View<float>(sums), View<const T>(dy), View<const T>(u), View<const T>(before),
           View<const float>(gain));
    launch("dora_backward", column_totals_kernel<float, AddByNorm>, blocks_of(dy.cols, kColumnThreads), kColumnThreads,
           0, array_of(sums).read_only(), dy.cols, AddByNorm{View<float>(dmagnitude), View<const float>(norm)});
  });
}

void CudaOps::dora_norm_backward(Tensor db, Tensor kb, Tensor dmagnitude, Tensor gain, Tensor norm, Tensor wa, Tensor b,
                                 Tensor gram, float scale) {
  scratch_.reset();
  const Factors factors = factors_of(scratch_, wa, b, gram, scale);
  launch_elements("dora_norm_backward", dora_norm_backward_kernel, kb.count(), View<float>(db), View<float>(kb),
                  View<const float>(dmagnitude), View<const float>(gain), View<const float>(norm), factors);
}

}  // namespace adapter_lab
