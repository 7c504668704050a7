// The device of the emulated backend: memory of its own, so that a kernel given host memory can be told.
#include <cstdlib>
#include <cstring>

#include "cpu/available_memory.h"
#include "cuda/gpu.h"

namespace adapter_lab::gpu {

void* allocate(size_t size_bytes) {
  constexpr size_t kAlignment = 64;
  const size_t rounded = (size_bytes < 1 ? 1 : size_bytes) + kAlignment - 1;
  if (rounded < size_bytes || rounded > available_memory_bytes()) return nullptr;
  return std::aligned_alloc(kAlignment, rounded / kAlignment * kAlignment);
}

void release(void* memory) { std::free(memory); }
void copy_to_device(void* to, const void* from, size_t size_bytes) { std::memcpy(to, from, size_bytes); }
void copy_to_host(void* to, const void* from, size_t size_bytes) { std::memcpy(to, from, size_bytes); }
void copy_on_device(void* to, const void* from, size_t size_bytes) { std::memmove(to, from, size_bytes); }

}  // namespace adapter_lab::gpu
