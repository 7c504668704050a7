// Matrices as kernels see them: read and written as floats, whatever they are made of.
#pragma once
#include <cstring>

#include "core/error.h"
#include "core/tensor.h"
#include "cuda/number.h"

namespace adapter_lab::gpu {

/** rows x cols elements of T, rows `stride` elements apart. A matrix that is only read is a View<const T>. */
template <class T>
struct View {
  using Element = T;
  T* data;
  int64_t rows;
  int64_t cols;
  int64_t stride;

  explicit View(Tensor x) : data(static_cast<T*>(x.data)), rows(x.rows), cols(x.cols), stride(x.stride) {}

  __device__ __forceinline__ float load(int64_t row, int64_t col GPU_AND_CALLER) const {
    GPU_CHECK(row >= 0 && row < rows && col >= 0 && col < cols, "a read outside of a matrix");
    GPU_COUNT_READ(sizeof(T));
    return widen(data[row * stride + col]);
  }
  __device__ __forceinline__ void store(int64_t row, int64_t col, float value GPU_AND_CALLER) const {
    GPU_CHECK(row >= 0 && row < rows && col >= 0 && col < cols, "a write outside of a matrix");
    GPU_COUNT_WRITTEN(sizeof(T));
    GPU_CHECK_WRITE(data + row * stride + col);
    data[row * stride + col] = narrow<T>(value);
  }
  /** The address of `count` elements of a row that are read at once. */
  __device__ __forceinline__ const T* read(int64_t row, int64_t col, int64_t count GPU_AND_CALLER) const {
    GPU_CHECK(row >= 0 && row < rows && col >= 0 && col + count <= cols, "a read outside of a matrix");
    GPU_COUNT_READ(count * static_cast<int64_t>(sizeof(T)));
    return data + row * stride + col;
  }
  __device__ __forceinline__ void add(int64_t row, int64_t col, float value GPU_AND_CALLER) const {
    store(row, col, load(row, col GPU_PASS_CALLER) + value GPU_PASS_CALLER);
  }
};

/** Eight elements of an nf4 matrix side by side in one block: two codes a byte, the first in the upper half. */
struct EightCodes {
  uint32_t codes;
  float scale;
};

/** A matrix in 4-bit NormalFloat (core/nf4.h): read alone. */
struct Nf4Matrix {
  Nf4 matrix;
  int64_t first;
  int64_t rows;
  int64_t cols;
  int64_t stride;

  explicit Nf4Matrix(Tensor x)
      : matrix(*static_cast<const Nf4*>(x.data)), first(x.first), rows(x.rows), cols(x.cols), stride(x.stride) {}

  __device__ __forceinline__ float load(int64_t row, int64_t col GPU_AND_CALLER) const {
    GPU_CHECK(row >= 0 && row < rows && col >= 0 && col < cols, "a read outside of a matrix");
    const int64_t index = first + row * stride + col;
    const uint8_t pair = matrix.codes[index >> 1];
    // Half a byte for the code; the scales are few beside the codes.
    if (index & 1) GPU_COUNT_READ(1);
    return nf4_value(index & 1 ? pair & 15 : pair >> 4) * scale_of(index >> matrix.block_shift);
  }
  /** From an element on whose number in the matrix is a multiple of eight. */
  __device__ __forceinline__ EightCodes read_eight(int64_t row, int64_t col GPU_AND_CALLER) const {
    GPU_CHECK(row >= 0 && row < rows && col >= 0 && col + 8 <= cols, "a read outside of a matrix");
    GPU_COUNT_READ(4);
    const int64_t index = first + row * stride + col;
    EightCodes result{0, scale_of(index >> matrix.block_shift)};
    memcpy(&result.codes, __builtin_assume_aligned(matrix.codes + (index >> 1), 4), 4);
    return result;
  }

 private:
  /** Product and sum are rounded apart, as on the CPU. */
  __device__ __forceinline__ float scale_of(int64_t block) const {
    if (matrix.absmax) return matrix.absmax[block];
    return multiply_then_add(matrix.map[matrix.absmax_codes[block]], matrix.absmax_scales[block / kScalesBlock],
                             matrix.offset);
  }
};

/** run(view) for an activation, which is f32 or bf16. */
template <class Run>
void with_activation(Tensor x, Run&& run) {
  if (x.dtype == DType::f32) return run(View<float>(x));
  if (x.dtype == DType::bf16) return run(View<BFloat16>(x));
  throw Error("internal", "", "an activation of another type");
}

/** run(view) for a weight that is only read: f32, half floats or nf4. */
template <class Run>
void with_weight(Tensor w, Run&& run) {
  switch (w.dtype) {
    case DType::f32:
      return run(View<const float>(w));
    case DType::f16:
      return run(View<const Float16>(w));
    case DType::bf16:
      return run(View<const BFloat16>(w));
    case DType::nf4:
      return run(Nf4Matrix(w));
  }
}

}  // namespace adapter_lab::gpu
