// For tests: the golden cases run on CUDA's kernels. ADAPTER_LAB_ACTIVATIONS=bf16 or f32 says what activations are,
// ADAPTER_LAB_DEVICE_MEMORY how many MB the device has.
#include <cstdlib>
#include <cstring>

#include "binding/backend.h"
#include "cuda/cuda_ops.h"
#include "cuda/emulation/device.h"

namespace adapter_lab {

std::unique_ptr<Ops> make_engine_ops(int) {
  if (const char* megabytes = std::getenv("ADAPTER_LAB_DEVICE_MEMORY"))
    emulation::limit_memory(static_cast<size_t>(std::atoll(megabytes)) << 20);
  const char* type = std::getenv("ADAPTER_LAB_ACTIVATIONS");
  return std::make_unique<CudaOps>(type && std::strcmp(type, "f32") == 0 ? DType::f32 : DType::bf16);
}

}  // namespace adapter_lab
