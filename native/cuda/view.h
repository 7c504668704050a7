// Matrices as kernels see them: read and written as floats, whatever they are made of.
#pragma once
#include <cstring>
#include <type_traits>

#include "core/error.h"
#include "core/tensor.h"
#include "cuda/number.h"
#include "cuda/registers.h"

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
    GPU_COUNT_READ(data + row * stride + col, sizeof(T));
    return widen(data[row * stride + col]);
  }
  __device__ __forceinline__ void store(int64_t row, int64_t col, float value GPU_AND_CALLER) const {
    GPU_CHECK(row >= 0 && row < rows && col >= 0 && col < cols, "a write outside of a matrix");
    GPU_COUNT_WRITTEN(data + row * stride + col, sizeof(T));
    GPU_CHECK_WRITE(data + row * stride + col);
    data[row * stride + col] = narrow<T>(value);
  }
  /** The address of `count` elements of a row that are read at once. */
  __device__ __forceinline__ const T* read(int64_t row, int64_t col, int64_t count GPU_AND_CALLER) const {
    GPU_CHECK(row >= 0 && row < rows && col >= 0 && col + count <= cols, "a read outside of a matrix");
    GPU_COUNT_READ(data + row * stride + col, static_cast<size_t>(count) * sizeof(T));
    return data + row * stride + col;
  }
  __device__ __forceinline__ void add(int64_t row, int64_t col, float value GPU_AND_CALLER) const {
    store(row, col, load(row, col GPU_PASS_CALLER) + value GPU_PASS_CALLER);
  }

  /** Columns [col, col + 4) at once where they lie so; those behind the last are 0. */
  __device__ __forceinline__ Quad load4(int64_t row, int64_t col GPU_AND_CALLER) const {
    Quad quad = {};
    load_together(quad.at, row, col GPU_PASS_CALLER);
    return quad;
  }
  /** What lies behind the last column is left out. */
  __device__ __forceinline__ void store4(int64_t row, int64_t col, const Quad& quad GPU_AND_CALLER) const {
    store_together(row, col, quad.at GPU_PASS_CALLER);
  }
  /** The same of two. */
  __device__ __forceinline__ Pair load2(int64_t row, int64_t col GPU_AND_CALLER) const {
    Pair pair = {};
    load_together(pair.at, row, col GPU_PASS_CALLER);
    return pair;
  }
  __device__ __forceinline__ void store2(int64_t row, int64_t col, const Pair& pair GPU_AND_CALLER) const {
    store_together(row, col, pair.at GPU_PASS_CALLER);
  }

 private:
  template <int kCount>
  struct alignas(kCount * sizeof(T)) Together {
    std::remove_const_t<T> at[kCount];
  };
  template <int kCount>
  __device__ __forceinline__ void load_together(float (&values)[kCount], int64_t row,
                                                int64_t col GPU_AND_CALLER) const {
    if (!are_aligned<kCount>(row, col)) {
      for (int i = 0; i < kCount; ++i)
        if (col + i < cols) values[i] = load(row, col + i GPU_PASS_CALLER);
      return;
    }
    GPU_CHECK(row >= 0 && row < rows && col >= 0 && col + kCount <= cols, "a read outside of a matrix");
    GPU_CHECK(lie_together<kCount>(row, col), "a read of elements that do not lie together");
    GPU_COUNT_READ(data + row * stride + col, sizeof(Together<kCount>));
    const auto all = *reinterpret_cast<const Together<kCount>*>(data + row * stride + col);
    for (int i = 0; i < kCount; ++i) values[i] = widen(all.at[i]);
  }
  template <int kCount>
  __device__ __forceinline__ void store_together(int64_t row, int64_t col,
                                                 const float (&values)[kCount] GPU_AND_CALLER) const {
    if (!are_aligned<kCount>(row, col)) {
      for (int i = 0; i < kCount; ++i)
        if (col + i < cols) store(row, col + i, values[i] GPU_PASS_CALLER);
      return;
    }
    GPU_CHECK(row >= 0 && row < rows && col >= 0 && col + kCount <= cols, "a write outside of a matrix");
    GPU_CHECK(lie_together<kCount>(row, col), "a write of elements that do not lie together");
    GPU_COUNT_WRITTEN(data + row * stride + col, sizeof(Together<kCount>));
    Together<kCount> all;
    for (int i = 0; i < kCount; ++i) {
      GPU_CHECK_WRITE(data + row * stride + col + i);
      all.at[i] = narrow<std::remove_const_t<T>>(values[i]);
    }
    *reinterpret_cast<Together<kCount>*>(data + row * stride + col) = all;
  }
  template <int kCount>
  __device__ __forceinline__ bool are_aligned(int64_t row, int64_t col) const {
    return col + kCount <= cols && lie_together<kCount>(row, col);
  }
  template <int kCount>
  __device__ __forceinline__ bool lie_together(int64_t row, int64_t col) const {
    return reinterpret_cast<uintptr_t>(data + row * stride + col) % sizeof(Together<kCount>) == 0;
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
    // Neighbours share a byte; the scales are few beside the codes.
    GPU_COUNT_READ(matrix.codes + (index >> 1), 1);
    return nf4_value(index & 1 ? pair & 15 : pair >> 4) * scale_of(index >> matrix.block_shift);
  }
  /** From an element on whose number in the matrix is a multiple of eight. */
  __device__ __forceinline__ EightCodes read_eight(int64_t row, int64_t col GPU_AND_CALLER) const {
    GPU_CHECK(row >= 0 && row < rows && col >= 0 && col + 8 <= cols, "a read outside of a matrix");
    const int64_t index = first + row * stride + col;
    GPU_COUNT_READ(matrix.codes + (index >> 1), 4);
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

/** run(view) for floats that are only read: f32 or half floats. */
template <class Run>
void with_floats(Tensor x, Run&& run) {
  if (x.dtype == DType::f32) return run(View<const float>(x));
  if (x.dtype == DType::f16) return run(View<const Float16>(x));
  if (x.dtype == DType::bf16) return run(View<const BFloat16>(x));
  throw Error("internal", "", "floats of another type");
}

/** run(view) for a weight that is only read: floats or nf4. */
template <class Run>
void with_weight(Tensor w, Run&& run) {
  if (w.dtype == DType::nf4) return run(Nf4Matrix(w));
  with_floats(w, run);
}

}  // namespace adapter_lab::gpu
