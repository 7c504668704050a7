// The door to the CUDA backend for files that nvcc does not compile: gpu.h would be another one for them.
#pragma once
#include <memory>

#include "ops/ops.h"

namespace adapter_lab {

/** Activations are f32 or bf16. */
std::unique_ptr<Ops> make_cuda_ops(DType activation_type);
/** bf16, or what ADAPTER_LAB_ACTIVATIONS=f32 says, for tests. */
DType activations_wanted();
/** From now on products of bf16 are cuBLASLt's where it does them, of this file. Throws std::runtime_error. */
void use_cublas_lt(const char* file);

}  // namespace adapter_lab
