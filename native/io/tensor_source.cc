#include "io/tensor_source.h"

#include "core/error.h"
#include "io/mapped_range.h"
#include "io/nf4_source.h"

namespace adapter_lab {

void load_rows(Ops& ops, Tensor y, const TensorSource& source, int64_t first_row) {
  if (y.cols != source.cols() || first_row < 0 || first_row + y.rows > source.rows())
    throw Error("tensor-shape", source.file, "rows asked for lie outside the tensor");
  if (source.dtype == DType::nf4) {
    const Nf4Range range = rows_range(source, first_row, y.rows);
    const Buffer memory = ops.allocate(nf4_bytes(source, range), source.file.c_str());
    Nf4 matrix = load_nf4(ops, memory.data(), source, range);
    Tensor rows(&matrix, y.rows, y.cols, DType::nf4);
    rows.first = first_row * y.cols - range.first;
    return ops.copy(y, rows);
  }
  const auto element_bytes = static_cast<int64_t>(size_of(source.dtype));
  const int64_t row_bytes = source.cols() * element_bytes;
  const MappedRange range(source.file, source.offset_bytes + first_row * row_bytes, y.rows * row_bytes);
  ops.upload(y, range.data(), source.dtype);
}

}  // namespace adapter_lab
