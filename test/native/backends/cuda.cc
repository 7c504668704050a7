// The first GPU that CUDA_VISIBLE_DEVICES leaves.
#include "backends.h"
#include "cuda/make_cuda_ops.h"
#include "cuda/probe.h"

namespace adapter_lab::test {

void add_cuda_backends(std::vector<Backend>& backends) {
  for (const auto& [activation, type] : {std::pair{DType::f32, "f32"}, {DType::bf16, "bf16"}}) {
    const std::string name = std::string("cuda ") + type;
    backends.push_back({name, name, make_cuda_ops(activation)});
  }
}

/** A GPU that is there and does not work is no reason to pass over tests. */
std::string no_gpu() {
  const gpu::Listing listing = gpu::list_gpus();
  if (!gpu::has_no_gpu(listing)) return "";
  return listing.driver_version == 0 ? "there is no NVIDIA driver" : listing.failure;
}

}  // namespace adapter_lab::test
