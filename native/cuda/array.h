// Plain arrays as kernels see them: ids, codes, sums in double.
#pragma once
#include <span>

#include "cuda/scratch.h"

namespace adapter_lab::gpu {

/** `count` elements of T. One that is only read is an Array<const T>. */
template <class T>
struct Array {
  T* data;
  int64_t count;

  __device__ __forceinline__ T load(int64_t index GPU_AND_CALLER) const {
    GPU_CHECK(index >= 0 && index < count, "a read outside of an array");
    GPU_COUNT_READ(sizeof(T));
    return data[index];
  }
  __device__ __forceinline__ void store(int64_t index, T value GPU_AND_CALLER) const {
    GPU_CHECK(index >= 0 && index < count, "a write outside of an array");
    GPU_COUNT_WRITTEN(sizeof(T));
    data[index] = value;
  }
};

/** A copy of host memory. */
template <class T>
Array<const T> upload_array(Scratch& scratch, std::span<const T> host) {
  const auto count = static_cast<int64_t>(host.size());
  return {scratch.upload(host.data(), count), count};
}

}  // namespace adapter_lab::gpu
