// Weights on disk: a range of a file that TypeScript found in a validated header.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "ops/ops.h"

namespace adapter_lab {

struct FilePart {
  std::string file;
  int64_t offset_bytes = 0;
};

/** What an nf4 matrix has beside its codes. */
struct Nf4Parts {
  int64_t block_size = 0;
  bool is_double = false;
  FilePart absmax;  // f32, or 8-bit codes of double quantisation, which has the rest too
  FilePart scales;
  FilePart map;
  float offset = 0;
};

struct TensorSource {
  std::string file;
  int64_t offset_bytes = 0;
  DType dtype = DType::f32;
  std::vector<int64_t> shape;
  Nf4Parts nf4{};

  /** A vector is one row. */
  int64_t rows() const { return shape.size() == 2 ? shape[0] : 1; }
  int64_t cols() const { return shape.empty() ? 1 : shape.back(); }
};

/** y (rows, cols) is set to rows [first_row, first_row + y.rows) of the source.
 *  The range is checked against the file; throws Error("file-unreadable" or "file-truncated", file). */
void load_rows(Ops& ops, Tensor y, const TensorSource& source, int64_t first_row = 0);

}  // namespace adapter_lab
