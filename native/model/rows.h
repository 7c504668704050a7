// Some rows of a tensor, by their numbers.
#pragma once
#include <span>

#include "core/arena.h"

namespace adapter_lab {

/** Row i is x's row ids[i]; new memory of `arena`. */
inline Tensor gathered(Ops& ops, Arena& arena, Tensor x, std::span<const int32_t> ids) {
  const Tensor rows = arena.take(static_cast<int64_t>(ids.size()), x.cols);
  ops.embedding_forward(rows, x, ids.data());
  return rows;
}

/** (rows, ...): row ids[i], which comes once, is x's row i, other rows are zero; new memory of `arena`. */
inline Tensor scattered(Ops& ops, Arena& arena, Tensor x, std::span<const int32_t> ids, int64_t rows) {
  const Tensor all = arena.take(rows, x.cols);
  ops.zero(all);
  ops.embedding_backward(all, x, ids.data());
  return all;
}

}  // namespace adapter_lab
