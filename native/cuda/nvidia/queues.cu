// Queues of the device's work: the main one is CUDA's default stream, that of copies one of its own; marks are events.
#include "cuda/gpu.h"
#include "cuda/nvidia/check.h"

namespace adapter_lab::gpu {
namespace {

cudaStream_t stream_of(Queue queue) {
  if (queue == Queue::kMain) return nullptr;
  static const cudaStream_t copies = [] {
    cudaStream_t stream = nullptr;
    check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "a queue of copies");
    return stream;
  }();
  return copies;
}

cudaEvent_t event_of(uint64_t place) { return reinterpret_cast<cudaEvent_t>(place); }

}  // namespace

void* allocate_pinned(size_t size_bytes) {
  void* memory = nullptr;
  const cudaError_t error = cudaMallocHost(&memory, size_bytes);
  return allocated(error, memory, "pinned memory");
}

void release_pinned(void* memory) { cudaFreeHost(memory); }

void begin_copy(void* to, const void* pinned, size_t size_bytes, Queue queue) {
  check(cudaMemcpyAsync(to, pinned, size_bytes, cudaMemcpyHostToDevice, stream_of(queue)), "copy to the device");
}

Mark::~Mark() {
  if (place_) cudaEventDestroy(event_of(place_));
}

void Mark::set(Queue queue) {
  if (!place_) {
    cudaEvent_t event = nullptr;
    check(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "a mark");
    place_ = reinterpret_cast<uint64_t>(event);
  }
  queue_ = queue;
  check(cudaEventRecord(event_of(place_), stream_of(queue)), "a mark");
}

void Mark::wait() const {
  if (place_) check(cudaEventSynchronize(event_of(place_)), "work of the device");
}

void Mark::hold(Queue queue) const {
  if (place_ && queue != queue_)
    check(cudaStreamWaitEvent(stream_of(queue), event_of(place_), 0), "work of the device");
}

}  // namespace adapter_lab::gpu
