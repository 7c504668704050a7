// The device of the CUDA backend, by the CUDA runtime, which is linked in; the driver is found when it is first asked.
#include "cuda/gpu.h"
#include "cuda/nvidia/check.h"

namespace adapter_lab::gpu {

void* allocate(size_t size_bytes) {
  void* memory = nullptr;
  const cudaError_t error = cudaMalloc(&memory, size_bytes < 1 ? 1 : size_bytes);
  return allocated(error, memory, "allocation");
}

// A device that was lost has lost its memory too.
void release(void* memory) { cudaFree(memory); }

void hide(void*, size_t) {}
void show(void*, size_t) {}

MemoryState memory_state() {
  MemoryState state{};
  check(cudaMemGetInfo(&state.free_bytes, &state.total_bytes), "memory of the device");
  return state;
}

void copy_to_host(void* to, const void* from, size_t size_bytes) {
  check(cudaMemcpy(to, from, size_bytes, cudaMemcpyDeviceToHost), "copy to the host");
}

void copy_on_device(void* to, const void* from, size_t size_bytes) {
  check(cudaMemcpyAsync(to, from, size_bytes, cudaMemcpyDeviceToDevice), "copy");
}

void check_launch(const char* name) { check(cudaGetLastError(), name); }

void allow_shared(const void* kernel, size_t bytes) {
  check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes)),
        "shared memory of a kernel");
}

}  // namespace adapter_lab::gpu
