// What CUDA answers to each call. An error of a kernel that ran before comes with any later call.
#pragma once
#include <cuda_runtime.h>

#include "core/error.h"

namespace adapter_lab::gpu {

/** Throws Error("gpu-failed") with what was asked for and CUDA's name of the error. */
inline void check(cudaError_t error, const char* what) {
  if (error != cudaSuccess) throw Error("gpu-failed", what, cudaGetErrorName(error));
}

/** What an allocation gave: null where there is not enough memory. */
inline void* allocated(cudaError_t error, void* memory, const char* what) {
  if (error == cudaErrorMemoryAllocation) {
    cudaGetLastError();  // forgets it
    return nullptr;
  }
  check(error, what);
  return memory;
}

}  // namespace adapter_lab::gpu
