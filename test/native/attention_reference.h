// Attention by its definition, in double, with the whole matrix of weights.
#pragma once
#include <vector>

#include "matrix.h"
#include "ops/ops.h"

namespace adapter_lab::test {

struct AttentionInput {
  Matrix q, k, v;
  std::vector<int32_t> starts;
  AttentionShape shape;
};

struct AttentionOutput {
  Matrix y, lse;
};

struct AttentionGradients {
  Matrix dq, dk, dv;
};

AttentionOutput reference_attention(const AttentionInput& input);
AttentionGradients reference_attention_backward(const AttentionInput& input, const Matrix& dy);

}  // namespace adapter_lab::test
