// The optimizer: AdamW's step, and the sum of squares that clipping needs, each over all tensors of an update at once.
#include "cuda/adamw.h"
#include "cuda/array.h"
#include "cuda/cuda_ops.h"
#include "cuda/elements.h"
#include "cuda/reduce.h"
#include "cuda/tensor_runs.h"
#include "cuda/view.h"
#include "ops/adamw_step.h"

namespace adapter_lab {
namespace {

using namespace gpu;

__global__ void squares_kernel(Array<const View<const float>> xs, Array<const int64_t> first_runs,
                               Array<double> parts) {
  SharedMemory memory;
  const Shared<double> partial = memory.take<double>(kReduceElements);
  const OwnRun run = own_run(first_runs);
  const View<const float> x = xs.load_by_all(run.tensor);
  double sum = 0.0;
  for (int64_t index = run.first + threadIdx.x; index < run.end(x.rows * x.cols); index += blockDim.x) {
    const Place place = place_of(index, x.rows, x.cols);
    const auto value = static_cast<double>(x.load(place.row, place.col));
    sum += value * value;
  }
  sum = block_reduce(sum, Sum(), partial);
  if (threadIdx.x == 0) parts.store(blockIdx.x, sum);
}

/** The parts are few beside the elements: one block. */
__global__ void sum_kernel(Array<double> total, Array<const double> parts) {
  SharedMemory memory;
  const Shared<double> partial = memory.take<double>(kReduceElements);
  double sum = 0.0;
  for (int64_t index = threadIdx.x; index < parts.count; index += blockDim.x) sum += parts.load(index);
  sum = block_reduce(sum, Sum(), partial);
  if (threadIdx.x == 0) total.store(0, sum);
}

struct AdamWArrays {
  Array<float> parameter, moment1, moment2;
  Array<const float> gradient;
  OwnScalars scalars;
};

__global__ void adamw_kernel(Array<const AdamWArrays> all, Array<const int64_t> first_runs, AdamWStep step) {
  const OwnRun run = own_run(first_runs);
  const AdamWArrays own = all.load_by_all(run.tensor);
  own.scalars.put_into(step);
  for (int64_t index = run.first + threadIdx.x; index < run.end(own.parameter.count); index += blockDim.x) {
    float m = own.moment1.load(index);
    float v = own.moment2.load(index);
    own.parameter.store(index, adamw_step(own.parameter.load(index), m, v, own.gradient.load(index), step));
    own.moment1.store(index, m);
    own.moment2.store(index, v);
  }
}

}  // namespace

double CudaOps::sum_of_squares(std::span<const Tensor> xs) {
  TensorRuns<View<const float>> runs;
  for (const Tensor x : xs) runs.add(View<const float>(x.contiguous() ? flat(x) : x), x.count());
  scratch_.reset();
  const Array<double> parts = take_array<double>(scratch_, runs.count());
  const Array<double> total = take_array<double>(scratch_, 1);
  runs.launch_over("squares", squares_kernel, kReduceElements * sizeof(double), scratch_, parts);
  launch("sum", sum_kernel, block_of_each(1), kElementThreads, kReduceElements * sizeof(double), total,
         parts.read_only());
  double sum = 0.0;
  copy_to_host(&sum, total.data, sizeof(sum));
  return sum;
}

void CudaOps::adamw(std::span<const AdamWTensor> tensors, AdamW options) {
  TensorRuns<AdamWArrays> runs;
  for (const auto& [parameter, moment1, moment2, gradient, rate] : tensors)
    runs.add({array_of(parameter), array_of(moment1), array_of(moment2), array_of(gradient).read_only(),
              own_scalars(step_of(options, rate))},
             parameter.count());
  scratch_.reset();
  runs.launch_over("adamw", adamw_kernel, 0, scratch_, step_of(options, 1.0f));
}

}  // namespace adapter_lab
