#include "generate/check_request.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/error.h"

namespace adapter_lab {
namespace {

void require(bool holds, const char* subject, const std::string& complaint) {
  if (!holds) throw Error("internal", subject, complaint);
}

void check_tokens(const std::vector<int32_t>& tokens, int64_t vocabulary, const char* subject) {
  const bool known =
      std::all_of(tokens.begin(), tokens.end(), [&](int32_t token) { return token >= 0 && token < vocabulary; });
  require(known, subject, "a token that the model does not have");
}

constexpr int64_t kMostBeams = 1024;
constexpr int64_t kMostTokens = int64_t{1} << 30;

}  // namespace

void check_request(const GenerateRequest& request, int64_t vocabulary) {
  const char* subject = "generate";
  for (const std::vector<int32_t>& prompt : request.prompts) {
    require(!prompt.empty(), subject, "a prompt without tokens");
    check_tokens(prompt, vocabulary, subject);
  }
  const BeamOptions& options = request.options;
  require(options.beams >= 1 && options.beams <= kMostBeams, subject, "beams out of range");
  require(options.beams <= vocabulary, subject, "more beams than tokens");
  require(options.max_new_tokens >= 0 && options.max_new_tokens <= kMostTokens, subject, "maxNewTokens out of range");
  require(std::isfinite(options.length_penalty), subject, "lengthPenalty is not a number");
  require(request.at_once >= 1, subject, "atOnce out of range");
  require(request.alternatives >= 0, subject, "alternatives out of range");
  if (!request.sampling) return;
  const Cut& cut = request.sampling->cut;
  const size_t numbers = request.sampling->numbers.size();
  require(numbers == 0 || numbers == request.prompts.size(), subject, "a prompt without a number");
  require(options.beams == 1, subject, "sampling with beams");
  require(std::isfinite(cut.temperature) && cut.temperature > 0, subject, "temperature out of range");
  require(cut.top_k >= 0, subject, "topK out of range");
  require(cut.top_p >= 0 && cut.top_p <= 1, subject, "topP out of range");
}

void check_request(const LogLikelihoodRequest& request, int64_t vocabulary) {
  const char* subject = "logLikelihoods";
  require(request.contexts.size() == request.continuations.size(), subject, "a context without continuations");
  for (const std::vector<int32_t>& context : request.contexts) {
    require(!context.empty(), subject, "a context without tokens");
    check_tokens(context, vocabulary, subject);
  }
  for (const auto& continuations : request.continuations)
    for (const std::vector<int32_t>& continuation : continuations) check_tokens(continuation, vocabulary, subject);
}

}  // namespace adapter_lab
