// How likely a model finds given continuations of given contexts. A context is computed once for all its continuations.
#pragma once
#include <cstdint>
#include <vector>

#include "model/transformer.h"

namespace adapter_lab {

struct LogLikelihoodRequest {
  std::vector<std::vector<int32_t>> contexts;
  std::vector<std::vector<std::vector<int32_t>>> continuations;  // of each context
};

struct LogLikelihood {
  double sum = 0;         // of its tokens' log probabilities, nats
  bool is_greedy = true;  // each token is the likeliest after those before it
};

/** In the order of the request. Throws Error("internal", ...) for a request that makes no sense. */
std::vector<std::vector<LogLikelihood>> log_likelihoods(Ops& ops, Transformer& model,
                                                        const LogLikelihoodRequest& request);

}  // namespace adapter_lab
