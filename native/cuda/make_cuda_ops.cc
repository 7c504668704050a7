#include "cuda/make_cuda_ops.h"

#include <cstdlib>
#include <cstring>

#include "cuda/cublas_lt.h"
#include "cuda/cuda_ops.h"

namespace adapter_lab {

std::unique_ptr<Ops> make_cuda_ops(DType activation_type) { return std::make_unique<CudaOps>(activation_type); }

DType activations_wanted() {
  const char* type = std::getenv("ADAPTER_LAB_ACTIVATIONS");
  return type && std::strcmp(type, "f32") == 0 ? DType::f32 : DType::bf16;
}

void use_cublas_lt(const char* file) { gpu::use_cublas_lt(std::make_unique<gpu::CublasLt>(file)); }

}  // namespace adapter_lab
