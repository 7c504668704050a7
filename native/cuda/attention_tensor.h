// Attention of bf16 by tensor cores; the plain kernels serve what these do not take.
#pragma once
#include "cuda/attention_tiles.h"
#include "cuda/tensor_cores.h"

namespace adapter_lab::gpu {

/** y and lse are set; heads of up to 256 columns. */
void attention_forward_by_tensor_cores(Tensor y, Tensor lse, Tensor q, Tensor k, Tensor v,
                                       Array<const TextTile> blocks, const AttentionShape& shape);

/** The backward's inputs: `mean` (N, heads) is <dy, y> of each head. */
struct AttentionInputs {
  Tensor dy, q, k, v, lse, mean;
};
constexpr int64_t kLargestTensorHead = 128;  // of the backward: sums of dk and dv fill the registers
/** dq, dk, dv are set. */
void attention_backward_by_tensor_cores(Tensor dq, Tensor dk, Tensor dv, const AttentionInputs& in,
                                        Array<const TextTile> blocks, const AttentionShape& shape);

}  // namespace adapter_lab::gpu
