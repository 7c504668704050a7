// The moving average of a parameter.
#include "cuda/cuda_ops.h"
#include "cuda/elements.h"
#include "cuda/view.h"

namespace adapter_lab {
namespace {

using namespace gpu;

__global__ void add_to_average_kernel(View<float> average, View<const float> x, float decay, float rest) {
  const int64_t index = element_index();
  if (index < average.cols) average.store(0, index, average.load(0, index) * decay + rest * x.load(0, index));
}

__global__ void exchange_kernel(View<float> a, View<float> b) {
  const int64_t index = element_index();
  if (index >= a.cols) return;
  const float kept = a.load(0, index);
  a.store(0, index, b.load(0, index));
  b.store(0, index, kept);
}

}  // namespace

void CudaOps::add_to_average(Tensor average, Tensor x, float decay) {
  const auto rest = static_cast<float>(1.0 - static_cast<double>(decay));
  launch_elements("add_to_average", add_to_average_kernel, average.count(), View<float>(flat(average)),
                  View<const float>(flat(x)), decay, rest);
}

void CudaOps::exchange(Tensor a, Tensor b) {
  launch_elements("exchange", exchange_kernel, a.count(), View<float>(flat(a)), View<float>(flat(b)));
}

}  // namespace adapter_lab
