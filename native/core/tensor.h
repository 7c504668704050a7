// A matrix view. It owns nothing; a Buffer does.
#pragma once
#include <cassert>
#include <cstddef>
#include <cstdint>

#include "core/nf4.h"

namespace adapter_lab {

enum class DType : uint8_t { f32, f16, bf16, nf4 };

/** Of one element; nf4 has two in a byte and scales beside them. */
constexpr size_t size_of(DType type) { return type == DType::f32 ? 4 : 2; }

/** `rows` x `cols` elements of `dtype`; a row is contiguous, rows lie `stride` elements apart. Those of nf4 are counted
 *  from the beginning of the matrix that `data` then points to, an Nf4. */
struct Tensor {
  void* data = nullptr;
  int64_t rows = 0;
  int64_t cols = 0;
  int64_t stride = 0;
  DType dtype = DType::f32;
  int64_t first = 0;  // nf4 alone

  Tensor() = default;
  Tensor(void* data, int64_t rows, int64_t cols, DType dtype = DType::f32)
      : data(data), rows(rows), cols(cols), stride(cols), dtype(dtype) {}

  bool empty() const { return data == nullptr; }
  int64_t count() const { return rows * cols; }
  bool contiguous() const { return stride == cols || rows <= 1; }

  float* f32() const {
    assert(dtype == DType::f32);
    return static_cast<float*>(data);
  }
  float* row(int64_t index) const { return f32() + index * stride; }
  Nf4View nf4(int64_t row, int64_t col) const {
    assert(dtype == DType::nf4);
    return {static_cast<const Nf4*>(data), first + row * stride + col};
  }

  /** Rows [first, first + count). */
  Tensor slice(int64_t first, int64_t count) const {
    Tensor part = skip(first * stride);
    part.rows = count;
    return part;
  }
  /** Columns [first, first + count) of every row. */
  Tensor columns(int64_t first, int64_t count) const {
    Tensor part = skip(first);
    part.cols = count;
    return part;
  }
  /** The same contiguous elements in another shape. */
  Tensor reshaped(int64_t new_rows, int64_t new_cols) const {
    assert(contiguous() && new_rows * new_cols == count() && dtype != DType::nf4);
    return Tensor(data, new_rows, new_cols, dtype);
  }

 private:
  Tensor skip(int64_t elements) const {
    Tensor part = *this;
    if (dtype == DType::nf4)
      part.first += elements;
    else
      part.data = static_cast<char*>(data) + elements * static_cast<int64_t>(size_of(dtype));
    return part;
  }
};

}  // namespace adapter_lab
