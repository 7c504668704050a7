// Continues prompts, some of them at a time: one that ends leaves its place to the next.
#pragma once
#include <vector>

#include "generate/request.h"
#include "model/transformer.h"

namespace adapter_lab {

/** One text a prompt. Throws Error("internal", ...) for a request that makes no sense. */
std::vector<GeneratedText> generate(Ops& ops, Transformer& model, const GenerateRequest& request,
                                    const GenerationListener& listener);

}  // namespace adapter_lab
