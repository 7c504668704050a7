// The optimizer: AdamW's step, a thread an element, and the sum of squares that clipping needs.
#include <numeric>
#include <vector>

#include "cuda/adamw.h"
#include "cuda/array.h"
#include "cuda/cuda_ops.h"
#include "cuda/elements.h"
#include "cuda/reduce.h"
#include "cuda/view.h"
#include "ops/adamw_step.h"

namespace adapter_lab {
namespace {

using namespace gpu;

/** Elements whose squares one block sums. */
constexpr int64_t kRun = 8192;

__global__ void sum_of_squares_kernel(Array<double> parts, View<const float> x) {
  SharedMemory memory;
  const Shared<double> partial = memory.take<double>(kReduceElements);
  const int64_t first = static_cast<int64_t>(blockIdx.x) * kRun;
  const int64_t count = x.rows * x.cols;
  const int64_t end = first + kRun < count ? first + kRun : count;
  double sum = 0.0;
  for (int64_t index = first + threadIdx.x; index < end; index += blockDim.x) {
    const Place place = place_of(index, x.rows, x.cols);
    const auto value = static_cast<double>(x.load(place.row, place.col));
    sum += value * value;
  }
  sum = block_reduce(sum, Sum(), partial);
  if (threadIdx.x == 0) parts.store(blockIdx.x, sum);
}

__global__ void adamw_kernel(View<float> parameter, View<float> moment1, View<float> moment2,
                             View<const float> gradient, AdamWStep step) {
  const int64_t index = element_index();
  if (index >= parameter.cols) return;
  float m = moment1.load(0, index);
  float v = moment2.load(0, index);
  parameter.store(0, index, adamw_step(parameter.load(0, index), m, v, gradient.load(0, index), step));
  moment1.store(0, index, m);
  moment2.store(0, index, v);
}

}  // namespace

/** The sums of runs are few: the host adds them up. */
double CudaOps::sum_of_squares(Tensor x) {
  scratch_.reset();
  const int64_t runs = ceil_div(x.count(), kRun);
  const Array<double> parts = take_array<double>(scratch_, runs);
  launch("sum_of_squares", sum_of_squares_kernel, block_of_each(runs), kElementThreads,
         kReduceElements * sizeof(double), parts, View<const float>(x.contiguous() ? flat(x) : x));
  std::vector<double> host(static_cast<size_t>(runs));
  copy_to_host(host.data(), parts.data, parts.size_bytes());
  return std::accumulate(host.begin(), host.end(), 0.0);
}

void CudaOps::adamw(Tensor parameter, Tensor moment1, Tensor moment2, Tensor gradient, AdamW options) {
  launch_elements("adamw", adamw_kernel, parameter.count(), View<float>(flat(parameter)), View<float>(flat(moment1)),
                  View<float>(flat(moment2)), View<const float>(flat(gradient)), step_of(options));
}

}  // namespace adapter_lab
