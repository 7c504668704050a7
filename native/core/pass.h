// What every layer of one forward or backward pass shares.
#pragma once
#include <cstdint>

#include "core/arena.h"
#include "ops/ops.h"

namespace adapter_lab {

struct Pass {
  Ops& ops;
  Arena& saved;           // what the backward pass needs
  Arena& scratch;         // what lives inside one function
  bool training;          // dropout acts
  bool keep;              // a backward pass follows: activations are kept
  uint64_t dropout_seed;  // the masks depend on it and the module alone
  bool row_by_row = false;  // a row's bits do not depend on the rows beside it

  /** y (N,M) is set to alpha x w^T, or added to; w may be half floats or nf4. */
  void product(Tensor y, Tensor x, Tensor w, float alpha, bool accumulate) const {
    if (row_by_row)
      ops.row_product(y, x, w, alpha, accumulate);
    else
      ops.gemm(y, x, false, w, true, alpha, accumulate ? 1.0f : 0.0f);
  }
};

}  // namespace adapter_lab
