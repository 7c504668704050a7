// A matrix view. It owns nothing; a Buffer does.
#pragma once
#include <cassert>
#include <cstddef>
#include <cstdint>

namespace adapter_lab {

enum class DType : uint8_t { f32, f16, bf16 };

constexpr size_t size_of(DType type) { return type == DType::f32 ? 4 : 2; }

/** `rows` x `cols` elements of `dtype`; a row is contiguous, rows lie `stride` elements apart. */
struct Tensor {
  void* data = nullptr;
  int64_t rows = 0;
  int64_t cols = 0;
  int64_t stride = 0;
  DType dtype = DType::f32;

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

  /** Rows [first, first + count). */
  Tensor slice(int64_t first, int64_t count) const {
    Tensor part = *this;
    part.data = static_cast<char*>(data) + first * stride * static_cast<int64_t>(size_of(dtype));
    part.rows = count;
    return part;
  }
  /** Columns [first, first + count) of every row. */
  Tensor columns(int64_t first, int64_t count) const {
    Tensor part = *this;
    part.data = static_cast<char*>(data) + first * static_cast<int64_t>(size_of(dtype));
    part.cols = count;
    return part;
  }
  /** The same contiguous elements in another shape. */
  Tensor reshaped(int64_t new_rows, int64_t new_cols) const {
    assert(contiguous() && new_rows * new_cols == count());
    return Tensor(data, new_rows, new_cols, dtype);
  }
};

}  // namespace adapter_lab
