// Moving averages of parameters.
#include "cuda/cuda_ops.h"
#include "cuda/elements.h"
#include "cuda/tensor_runs.h"
#include "cuda/view.h"

namespace adapter_lab {
namespace {

using namespace gpu;

struct AverageArrays {
  Array<float> average;
  Array<const float> x;
};

__global__ void add_to_averages_kernel(Array<const AverageArrays> all, Array<const int64_t> first_runs, float decay,
                                       float rest) {
  const OwnRun run = own_run(first_runs);
  const auto [average, x] = all.load_by_all(run.tensor);
  for (int64_t index = run.first + threadIdx.x; index < run.end(average.count); index += blockDim.x)
    average.store(index, average.load(index) * decay + rest * x.load(index));
}

__global__ void exchange_kernel(View<float> a, View<float> b) {
  const int64_t index = element_index();
  if (index >= a.cols) return;
  const float kept = a.load(0, index);
  a.store(0, index, b.load(0, index));
  b.store(0, index, kept);
}

}  // namespace

void CudaOps::add_to_averages(std::span<const Average> averages, float decay) {
  const auto rest = static_cast<float>(1.0 - static_cast<double>(decay));
  TensorRuns<AverageArrays> runs;
  for (const auto& [average, x] : averages) runs.add({array_of(average), array_of(x).read_only()}, average.count());
  scratch_.reset();
  runs.launch_over("add_to_averages", add_to_averages_kernel, 0, scratch_, decay, rest);
}

void CudaOps::exchange(Tensor a, Tensor b) {
  launch_elements("exchange", exchange_kernel, a.count(), View<float>(flat(a)), View<float>(flat(b)));
}

}  // namespace adapter_lab
