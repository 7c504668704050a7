// The only door to CUDA: kernels and the code that launches them include this and nothing else of it. Compiled by nvcc
// it is CUDA; compiled by a host compiler it is emulation/, which runs the same kernels, one thread at a time, and
// checks what they do.
#pragma once
#include <cstddef>
#include <cstdint>

#ifdef __CUDACC__
#include "cuda/gpu_cuda.h"
#else
#include "cuda/gpu_emulated.h"
#endif

namespace adapter_lab::gpu {

constexpr int kWarp = 32;
constexpr uint32_t kAllLanes = 0xffffffffu;

/** Memory of the device, for DeviceMemory alone, from which others take theirs. allocate gives null where there is not
 *  enough. */
void* allocate(size_t size_bytes);
void release(void* memory);
/** Nobody may touch memory of the device that is hidden; what is shown has undefined contents. Emulation sees to it. */
void hide(void* memory, size_t size_bytes);
void show(void* memory, size_t size_bytes);
/** Of the device, with what other processes have of it. */
struct MemoryState {
  size_t free_bytes;
  size_t total_bytes;
};
MemoryState memory_state();
/** Work of a device is done in order; copies to the host wait for what was begun before. */
void copy_to_device(void* to, const void* from, size_t size_bytes);
void copy_to_host(void* to, const void* from, size_t size_bytes);
void copy_on_device(void* to, const void* from, size_t size_bytes);

constexpr int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

}  // namespace adapter_lab::gpu
