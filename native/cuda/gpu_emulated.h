// gpu.h for a host compiler. Names of CUDA's language itself are as in CUDA.
#pragma once
#include <bit>
#include <cmath>

#include "cuda/emulation/block.h"
#include "cuda/emulation/counts.h"
#include "cuda/emulation/fault.h"

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)

// The place in the source that calls, as a last parameter. nvcc sees none of it.
#define GPU_CALLER ::adapter_lab::emulation::Location at = ::adapter_lab::emulation::Location::current()
#define GPU_AND_CALLER , GPU_CALLER
#define GPU_PASS_CALLER , at
#define GPU_CHECK(condition, what) \
  if (!(condition)) ::adapter_lab::emulation::fail(what, at)
#define GPU_COUNT_READ(address, bytes) \
  ::adapter_lab::emulation::count_access(::adapter_lab::emulation::AccessKind::kRead, address, bytes, at)
#define GPU_COUNT_WRITTEN(address, bytes) \
  ::adapter_lab::emulation::count_access(::adapter_lab::emulation::AccessKind::kWrite, address, bytes, at)
#define GPU_CHECK_WRITE(address) ::adapter_lab::emulation::global_write(address, at)

#define threadIdx (::adapter_lab::emulation::position().thread)
#define blockIdx (::adapter_lab::emulation::position().block)
#define blockDim (::adapter_lab::emulation::position().block_size)
#define gridDim (::adapter_lab::emulation::position().grid_size)

inline void __syncthreads(GPU_CALLER) { adapter_lab::emulation::sync_block(at); }
inline void __syncwarp(uint32_t mask = 0xffffffffu GPU_AND_CALLER) { adapter_lab::emulation::sync_warp(mask, at); }

namespace adapter_lab::gpu {

using Extent = emulation::Extent;

inline int lane() { return static_cast<int>(threadIdx.x % 32); }

/** The value of another lane; all lanes of the warp take part. */
template <class T>
T shuffle(T value, int source GPU_AND_CALLER) {
  static_assert(sizeof(T) <= emulation::kLargestLaneValue);
  emulation::exchange(0xffffffffu, &value, sizeof(T), source, at);
  return value;
}
template <class T>
T shuffle_xor(T value, int mask GPU_AND_CALLER) {
  return shuffle(value, lane() ^ mask, at);
}

/** An element of shared memory. */
template <class T>
class SharedElement {
 public:
  SharedElement(size_t offset, emulation::Location at) : offset_(offset), at_(at) {}
  SharedElement(const SharedElement&) = default;
  operator T() const { return *static_cast<const T*>(emulation::shared_read<sizeof(T)>(offset_, at_)); }
  T operator=(T value) { return *static_cast<T*>(emulation::shared_write<sizeof(T)>(offset_, at_)) = value; }
  T operator=(const SharedElement& other) { return *this = static_cast<T>(other); }
  T operator+=(T value) { return *this = static_cast<T>(*this) + value; }
  T operator*=(T value) { return *this = static_cast<T>(*this) * value; }

 private:
  size_t offset_;
  emulation::Location at_;
};

/** An array in the block's shared memory. */
template <class T>
class Shared {
 public:
  Shared(size_t offset, int64_t count) : offset_(offset), count_(count) {}
  SharedElement<T> operator[](emulation::Index index) const {
    if (index.value < 0 || index.value >= count_) emulation::fail_outside(index, count_);
    return {offset_ + static_cast<size_t>(index.value) * sizeof(T), index.at};
  }

 private:
  size_t offset_;
  int64_t count_;
};

/** Shares out what the launch gave: every thread takes the same arrays in the same order. */
class SharedMemory {
 public:
  template <class T>
  Shared<T> take(int64_t count GPU_AND_CALLER) {
    return {emulation::place_shared(taken_, static_cast<size_t>(count) * sizeof(T), at), count};
  }

 private:
  size_t taken_ = 0;
};

template <class... Parameters, class... Arguments>
void launch(const char* name, void (*kernel)(Parameters...), Extent grid, unsigned threads, size_t shared_bytes,
            Arguments... arguments) {
  emulation::launch(name, grid, {threads}, shared_bytes, [&] { kernel(arguments...); });
}

template <class To, class From>
To bit_cast(From value) {
  return std::bit_cast<To>(value);
}

/** a b + c, rounded twice. */
inline float multiply_then_add(float a, float b, float c) {
  volatile float product = a * b;
  return product + c;
}

inline float f16_to_float(uint16_t bits) {
  const uint32_t sign = static_cast<uint32_t>(bits & 0x8000) << 16;
  const uint32_t exponent = bits >> 10 & 31;
  const uint32_t fraction = bits & 1023;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000u | fraction << 13);
  if (exponent > 0) return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
  const float value = std::ldexp(static_cast<float>(fraction), -24);
  return sign ? -value : value;
}

}  // namespace adapter_lab::gpu
