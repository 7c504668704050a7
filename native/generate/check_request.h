// Requests come from outside: what would read beyond a table or never end is refused.
#pragma once
#include "generate/log_likelihood.h"
#include "generate/request.h"

namespace adapter_lab {

/** Throws Error("internal", "generate", what is wrong). */
void check_request(const GenerateRequest& request, int64_t vocabulary);
void check_request(const LogLikelihoodRequest& request, int64_t vocabulary);

}  // namespace adapter_lab
