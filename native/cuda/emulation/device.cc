// The device of the emulated backend: memory of its own, so that a kernel given host memory can be told.
#include "cuda/emulation/device.h"

#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

#include "cpu/available_memory.h"
#include "cuda/emulation/counts.h"
#include "cuda/emulation/queues.h"
#include "cuda/gpu.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(memory, size_bytes)
#define ASAN_UNPOISON_MEMORY_REGION(memory, size_bytes)
#endif

namespace adapter_lab::emulation {
namespace {

std::mutex mutex;
size_t limit_bytes = 0;
size_t allocated_bytes = 0;
std::map<void*, size_t> sizes;

/** 0: none. */
size_t limit() {
  if (limit_bytes > 0) return limit_bytes;
  const char* const megabytes = std::getenv("ADAPTER_LAB_DEVICE_MEMORY");
  return megabytes ? static_cast<size_t>(std::atof(megabytes) * (1 << 20)) : 0;
}

size_t free_bytes() {
  const size_t most = limit();
  if (most == 0) return available_memory_bytes();
  return most > allocated_bytes ? most - allocated_bytes : 0;
}

}  // namespace

void limit_memory(size_t size_bytes) {
  const std::lock_guard lock(mutex);
  limit_bytes = size_bytes;
}

}  // namespace adapter_lab::emulation

namespace adapter_lab::gpu {

using namespace emulation;

void* allocate(size_t size_bytes) {
  constexpr size_t kAlignment = 256;
  const std::lock_guard lock(mutex);
  const size_t rounded = ((size_bytes < 1 ? 1 : size_bytes) + kAlignment - 1) / kAlignment * kAlignment;
  if (rounded < size_bytes || rounded > free_bytes()) return nullptr;
  void* memory = std::aligned_alloc(kAlignment, rounded);
  if (!memory) return nullptr;
  sizes[memory] = rounded;
  allocated_bytes += rounded;
  return memory;
}

void release(void* memory) {
  const std::lock_guard lock(mutex);
  allocated_bytes -= sizes.at(memory);
  ASAN_UNPOISON_MEMORY_REGION(memory, sizes.at(memory));
  sizes.erase(memory);
  std::free(memory);
}

void hide([[maybe_unused]] void* memory, [[maybe_unused]] size_t size_bytes) {
  ASAN_POISON_MEMORY_REGION(memory, size_bytes);
}

/** No number: whoever reads what nobody wrote gets it. */
void show(void* memory, size_t size_bytes) {
  ASAN_UNPOISON_MEMORY_REGION(memory, size_bytes);
  std::memset(memory, 0xff, size_bytes);
}

MemoryState memory_state() {
  const std::lock_guard lock(mutex);
  const size_t free = free_bytes();
  return {free, limit() == 0 ? free + allocated_bytes : limit()};
}

void copy_to_host(void* to, const void* from, size_t size_bytes) {
  note_main_work();
  record_transfer("to host", size_bytes);
  if (size_bytes > 0) std::memcpy(to, from, size_bytes);
}

void copy_on_device(void* to, const void* from, size_t size_bytes) {
  note_main_work();
  record_transfer("on device", size_bytes);
  if (size_bytes > 0) std::memmove(to, from, size_bytes);
}

}  // namespace adapter_lab::gpu
