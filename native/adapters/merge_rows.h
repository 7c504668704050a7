// Rows of a weight with an adapter merged in, from the weight's file alone: no model needs to be loaded.
#pragma once
#include <cstdint>
#include <vector>

#include "io/tensor_source.h"
#include "ops/ops.h"

namespace adapter_lab {

/** What an adapter does to `count` rows of W (out, in): W' = g (W + scale B A), g = m / |W + scale B A| by row if there
 *  are magnitudes m (arXiv 2402.09353 eq. 5), 1 otherwise. */
struct RowsUpdate {
  int64_t rank;                  // 0: no low-rank part
  float scale;
  std::vector<float> a;          // (rank, in)
  std::vector<float> b;          // (count, rank), of these rows
  std::vector<float> magnitude;  // (count), or empty
};

/** (count, in), row by row: rows [first, first + count) of the weight, merged. */
std::vector<float> merge_rows(Ops& ops, const TensorSource& weight, int64_t first, int64_t count,
                              const RowsUpdate& update);

}  // namespace adapter_lab
