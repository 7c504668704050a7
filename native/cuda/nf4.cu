// Quantisation to 4-bit NormalFloat, bit for bit as bitsandbytes' and cpu/nf4.cc compute it: a block of threads takes a
// block of elements, finds its largest magnitude, and takes for each element the nearest value of the book.
#include "cuda/array.h"
#include "cuda/cuda_ops.h"
#include "cuda/reduce.h"
#include "cuda/rows.h"
#include "cuda/view.h"

namespace adapter_lab {
namespace {

using namespace gpu;

constexpr float kSmallest = 1e-38f;  // bitsandbytes' floor under a divisor
constexpr int kCodeOfZero = 7;

/** The nearest value's code, the lower one of two equally near. */
__device__ __forceinline__ int nearest_code(float x) {
  constexpr float kBook[16] = ADAPTER_LAB_NF4_BOOK;
  int code = 0;
  for (int bound = 0; bound < 15; ++bound) code += x > (kBook[bound] + kBook[bound + 1]) / 2.0f;
  return code;
}

/** Whole blocks are multiplied by the inverse, a shorter last one is divided. */
struct Scaling {
  float factor, divisor;
  __device__ __forceinline__ int code(float x) const { return nearest_code(x / divisor * factor); }
};

/** NaN is no magnitude. */
template <class T>
__device__ __forceinline__ float largest_magnitude(const View<const T>& x, int64_t first, int64_t count,
                                                   const Shared<float>& partial) {
  float largest = 0.0f;
  for (int64_t i = threadIdx.x; i < count; i += blockDim.x) {
    const float magnitude = fabsf(x.load(0, first + i));
    largest = magnitude > largest ? magnitude : largest;
  }
  return block_reduce(largest, Maximum(), partial);
}

template <class T>
__global__ void quantize_nf4_kernel(Array<uint8_t> codes, Array<float> absmax, View<const T> x, int64_t block_size) {
  SharedMemory memory;
  const Shared<float> partial = memory.take<float>(kReduceElements);
  const int64_t first = blockIdx.x * block_size;
  const bool is_whole = first + block_size <= x.cols;
  const int64_t count = is_whole ? block_size : x.cols - first;
  const float largest = largest_magnitude(x, first, count, partial);
  const float divisor = largest > kSmallest ? largest : kSmallest;
  const Scaling scaling = is_whole ? Scaling{1.0f / divisor, 1.0f} : Scaling{1.0f, divisor};
  for (int64_t i = 2 * threadIdx.x; i < count; i += 2 * blockDim.x) {
    const int upper = scaling.code(x.load(0, first + i));
    const int lower = i + 1 < count ? scaling.code(x.load(0, first + i + 1)) : kCodeOfZero;
    codes.store((first + i) / 2, static_cast<uint8_t>(upper << 4 | lower));
  }
  if (threadIdx.x == 0) absmax.store(blockIdx.x, is_whole ? largest : divisor);
}

}  // namespace

void CudaOps::quantize_nf4(uint8_t* codes, float* absmax, const void* source, DType type, int64_t count,
                           int64_t block_size) {
  if (count == 0) return;
  const int64_t blocks = ceil_div(count, block_size);
  scratch_.reset();
  const auto source_bytes = count * static_cast<int64_t>(size_of(type));
  const char* uploaded = scratch_.upload(static_cast<const char*>(source), source_bytes);
  const auto device_codes = take_array<uint8_t>(scratch_, ceil_div(count, 2));
  const auto device_absmax = take_array<float>(scratch_, blocks);
  const Tensor x(const_cast<char*>(uploaded), 1, count, type);
  const auto run = [&]<class T>(View<const T> view) {
    launch("quantize_nf4", quantize_nf4_kernel<T>, block_of_each(blocks), threads_of_row(block_size),
           kReduceElements * sizeof(float), device_codes, device_absmax, view, block_size);
  };
  if (type == DType::f16)
    run(View<const Float16>(x));
  else if (type == DType::bf16)
    run(View<const BFloat16>(x));
  else
    run(View<const float>(x));
  copy_to_host(codes, device_codes.data, device_codes.size_bytes());
  copy_to_host(absmax, device_absmax.data, device_absmax.size_bytes());
}

}  // namespace adapter_lab
