// gpu.h for nvcc.
#pragma once
#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <stdexcept>
#include <string>

#define GPU_CALLER
#define GPU_AND_CALLER
#define GPU_PASS_CALLER
#define GPU_CHECK(condition, what)
#define GPU_COUNT_READ(address, bytes)
#define GPU_COUNT_WRITTEN(address, bytes)
#define GPU_CHECK_WRITE(address)

namespace adapter_lab::gpu {

struct Extent {
  unsigned x = 1, y = 1, z = 1;
};

__device__ __forceinline__ int lane() { return static_cast<int>(threadIdx.x % 32); }

/** The value of another lane; all lanes of the warp take part. */
template <class T>
__device__ __forceinline__ T shuffle(T value, int source) {
  return __shfl_sync(0xffffffffu, value, source);
}
template <class T>
__device__ __forceinline__ T shuffle_xor(T value, int mask) {
  return __shfl_xor_sync(0xffffffffu, value, mask);
}

/** An array in the block's shared memory. */
template <class T>
class Shared {
 public:
  __device__ __forceinline__ explicit Shared(T* data) : data_(data) {}
  __device__ __forceinline__ T& operator[](int64_t index) const { return data_[index]; }

 private:
  T* data_;
};

/** Shares out what the launch gave: every thread takes the same arrays in the same order. */
class SharedMemory {
 public:
  template <class T>
  __device__ __forceinline__ Shared<T> take(int64_t count) {
    extern __shared__ __align__(16) unsigned char bytes[];
    unsigned char* const begin = bytes + taken_;
    taken_ += (static_cast<size_t>(count) * sizeof(T) + 15) / 16 * 16;
    return Shared<T>(reinterpret_cast<T*>(begin));
  }

 private:
  size_t taken_ = 0;
};

/** Throws std::runtime_error with the kernel's name. */
void check_launch(const char* name);
/** Lets a kernel take more shared memory than the 48 KB that every one may. */
void allow_shared(const void* kernel, size_t bytes);

template <class... Parameters, class... Arguments>
void launch(const char* name, void (*kernel)(Parameters...), Extent grid, unsigned threads, size_t shared_bytes,
            Arguments... arguments) {
  if (shared_bytes > (size_t{48} << 10)) allow_shared(reinterpret_cast<const void*>(kernel), shared_bytes);
  kernel<<<dim3(grid.x, grid.y, grid.z), threads, shared_bytes>>>(arguments...);
  check_launch(name);
}

template <class To, class From>
__device__ __forceinline__ To bit_cast(From value) {
  static_assert(sizeof(To) == sizeof(From));
  To result;
  memcpy(&result, &value, sizeof(To));
  return result;
}

/** a b + c, rounded twice. */
__device__ __forceinline__ float multiply_then_add(float a, float b, float c) { return __fadd_rn(__fmul_rn(a, b), c); }

__device__ __forceinline__ float f16_to_float(uint16_t bits) { return __half2float(__ushort_as_half(bits)); }

}  // namespace adapter_lab::gpu
