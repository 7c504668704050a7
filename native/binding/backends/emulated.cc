// For tests: the golden cases run on CUDA's kernels. ADAPTER_LAB_ACTIVATIONS=bf16 or f32 says what activations are.
#include <cstdlib>
#include <cstring>

#include "binding/backend.h"
#include "cuda/cuda_ops.h"

namespace adapter_lab {

std::unique_ptr<Ops> make_engine_ops(int) {
  const char* type = std::getenv("ADAPTER_LAB_ACTIVATIONS");
  return std::make_unique<CudaOps>(type && std::strcmp(type, "f32") == 0 ? DType::f32 : DType::bf16);
}

}  // namespace adapter_lab
