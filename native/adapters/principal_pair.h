// PiSSA (arXiv 2404.02948): a low-rank pair begins with the principal singular directions of its weight.
#pragma once
#include <cstdint>

#include "ops/ops.h"

namespace adapter_lab {

/** a (rank, in) and b (out, rank) are set so that scale b a is the best approximation of weight (out, in), f32, of that
 *  rank: with the singular triplets (u, sigma, v), rows of a are v sqrt(sigma / scale), columns of b u sqrt(sigma /
 *  scale). Found by iterating a random subspace, filtered by Chebyshev polynomials; `stream` decides its beginning. */
void principal_pair(Ops& ops, Tensor a, Tensor b, Tensor weight, float scale, uint64_t stream);

}  // namespace adapter_lab
