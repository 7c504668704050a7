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
    GPU_COUNT_READ(data + index, sizeof(T));
    return data[index];
  }
  /** Every thread of the block reads the same element, which moves once. */
  __device__ __forceinline__ T load_by_all(int64_t index GPU_AND_CALLER) const {
    GPU_CHECK(index >= 0 && index < count, "a read outside of an array");
    if (threadIdx.x == 0) GPU_COUNT_READ(data + index, sizeof(T));
    return data[index];
  }
  __device__ __forceinline__ void store(int64_t index, T value GPU_AND_CALLER) const {
    GPU_CHECK(index >= 0 && index < count, "a write outside of an array");
    GPU_COUNT_WRITTEN(data + index, sizeof(T));
    GPU_CHECK_WRITE(data + index);
    data[index] = value;
  }
  Array<const T> read_only() const { return {data, count}; }
  size_t size_bytes() const { return static_cast<size_t>(count) * sizeof(T); }
};

/** Contents undefined. */
template <class T>
Array<T> take_array(Scratch& scratch, int64_t count) {
  return {static_cast<T*>(scratch.take_bytes(static_cast<size_t>(count) * sizeof(T))), count};
}

/** A copy of host memory. */
template <class T>
Array<const T> upload_array(Scratch& scratch, const T* host, int64_t count) {
  return {scratch.upload(host, count), count};
}
template <class T>
Array<const T> upload_array(Scratch& scratch, std::span<const T> host) {
  return upload_array(scratch, host.data(), static_cast<int64_t>(host.size()));
}

}  // namespace adapter_lab::gpu
