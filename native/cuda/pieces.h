// How operands of tensor cores get to shared memory: by pieces of eight elements, rounded to bf16. bf16 is copied as it
// lies; other types are read before the products that it waits behind, and rounded and written after them.
#pragma once
#include "cuda/registers.h"
#include "cuda/tensor_cores.h"
#include "cuda/view.h"

namespace adapter_lab::gpu {

/** Whether eight elements from a column on that is a multiple of eight may be read at once. */
inline bool has_whole_pieces(Tensor x) {
  if (x.dtype == DType::nf4) {
    const auto& matrix = *static_cast<const Nf4*>(x.data);
    return x.first % 8 == 0 && x.stride % 8 == 0 && matrix.block_shift >= 3 &&
           reinterpret_cast<uintptr_t>(matrix.codes) % 4 == 0;
  }
  const auto row_bytes = static_cast<uintptr_t>(x.stride) * size_of(x.dtype);
  return reinterpret_cast<uintptr_t>(x.data) % sizeof(Piece) == 0 && (x.rows <= 1 || row_bytes % sizeof(Piece) == 0);
}

/** Eight elements; those outside of the matrix are 0. */
template <class Matrix>
__device__ __forceinline__ Piece edge_piece(const Matrix& x, int64_t row, int64_t col) {
  float values[8];
  for (int i = 0; i < 8; ++i) values[i] = row < x.rows && col + i < x.cols ? x.load(row, col + i) : 0.0f;
  return narrow_eight(values);
}

/** What a thread reads of a whole piece, and how it becomes one. */
template <class Matrix>
class PieceReader;

template <>
class PieceReader<View<const float>> {
 public:
  struct Raw {
    Quad left, right;
  };
  static constexpr int kSharedFloats = 0;

  __device__ __forceinline__ explicit PieceReader(SharedMemory&) {}
  __device__ __forceinline__ Raw read(const View<const float>& x, int64_t row, int64_t col) const {
    const float* const from = x.read(row, col, 8);
    return {read_at_once<Quad>(from), read_at_once<Quad>(from + 4)};
  }
  __device__ __forceinline__ Piece finish(const Raw& raw) const {
    return narrow_eight({raw.left.at[0], raw.left.at[1], raw.left.at[2], raw.left.at[3], raw.right.at[0],
                         raw.right.at[1], raw.right.at[2], raw.right.at[3]});
  }
};

template <>
class PieceReader<View<const Float16>> {
 public:
  using Raw = Piece;
  static constexpr int kSharedFloats = 0;

  __device__ __forceinline__ explicit PieceReader(SharedMemory&) {}
  __device__ __forceinline__ Raw read(const View<const Float16>& x, int64_t row, int64_t col) const {
    return read_at_once<Piece>(x.read(row, col, 8));
  }
  __device__ __forceinline__ Piece finish(const Raw& raw) const {
    float values[8];
    for (int i = 0; i < 8; ++i) values[i] = f16_to_float(static_cast<uint16_t>(raw.at[i / 2] >> i % 2 * 16));
    return narrow_eight(values);
  }
};

/** The book lies in shared memory, where its 16 values are in as many banks: no two lanes wait for each other. */
template <>
class PieceReader<Nf4Matrix> {
 public:
  using Raw = EightCodes;
  static constexpr int kSharedFloats = 16;

  __device__ __forceinline__ explicit PieceReader(SharedMemory& memory) : book_(memory.take<float>(kSharedFloats)) {
    if (threadIdx.x < kSharedFloats) book_[threadIdx.x] = nf4_value(static_cast<int>(threadIdx.x));
    __syncthreads();
  }
  __device__ __forceinline__ Raw read(const Nf4Matrix& x, int64_t row, int64_t col) const {
    return x.read_eight(row, col);
  }
  __device__ __forceinline__ Piece finish(const Raw& raw) const {
    float values[8];
    for (int i = 0; i < 8; ++i) values[i] = book_[raw.codes >> (i ^ 1) * 4 & 15] * raw.scale;
    return narrow_eight(values);
  }

 private:
  Shared<float> book_;
};

/** bf16 is copied by the memory system: nothing waits in registers. */
template <>
class PieceReader<View<const BFloat16>> {
 public:
  struct Raw {};
  static constexpr int kSharedFloats = 0;

  __device__ __forceinline__ explicit PieceReader(SharedMemory&) {}
};

}  // namespace adapter_lab::gpu
