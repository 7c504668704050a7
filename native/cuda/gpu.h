// The only door to CUDA: kernels and the code that launches them include this and nothing else of it. Compiled by nvcc
// it is CUDA; compiled by a host compiler it is emulation/, which runs the same kernels, one thread at a time, and
// checks what they do.
#pragma once
#include <cstddef>
#include <cstdint>

#include "core/ceil_div.h"

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
/** Queues of work, each done in order: kernels and all that names none are begun in the main one. */
enum class Queue : uint8_t { kMain, kCopies };

/** Host memory that the device reads by itself; null where there is not enough. */
void* allocate_pinned(size_t size_bytes);
void release_pinned(void* memory);
/** `to`, memory of the device, is set from pinned memory, which stays as it is until a Mark behind the copy was
 *  awaited. */
void begin_copy(void* to, const void* pinned, size_t size_bytes, Queue queue);

/** A place in a queue; before it is set, nobody waits for it. */
class Mark {
 public:
  Mark() = default;
  ~Mark();
  Mark(const Mark&) = delete;
  Mark& operator=(const Mark&) = delete;

  /** Behind all that was begun in the queue. */
  void set(Queue queue);
  /** Returns when what stands before it is done. */
  void wait() const;
  /** What is begun in the queue from now on waits for what stands before the mark. */
  void hold(Queue queue) const;

 private:
  Queue queue_ = Queue::kMain;
  uint64_t place_ = 0;  // CUDA's event, or a number of the emulated queue
};

/** Copies to the host wait for what was begun before. */
void copy_to_host(void* to, const void* from, size_t size_bytes);
void copy_on_device(void* to, const void* from, size_t size_bytes);

}  // namespace adapter_lab::gpu
