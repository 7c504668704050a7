// What a generation is asked for and what it tells.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "generate/beam_search.h"
#include "generate/stop_signal.h"
#include "ops/ops.h"

namespace adapter_lab {

struct Sampling {
  Cut cut;
  uint64_t seed;  // token number p of the prompt with number n is drawn from (seed, n, p) alone
  std::vector<uint32_t> numbers;  // of each prompt; empty: its place in the request
};

struct GenerateRequest {
  std::vector<std::vector<int32_t>> prompts;
  BeamOptions options;
  std::optional<Sampling> sampling;
  int64_t at_once;       // prompts in work at a time; results do not depend on it
  int64_t alternatives;  // likeliest tokens told with each chosen one, without beams
};

enum class Ended { kEnd, kLength, kStopped };

/** The new tokens of a prompt, its end token not included. */
struct GeneratedText {
  std::vector<int32_t> tokens;
  Ended ended = Ended::kStopped;
};

struct RankedToken {
  int32_t token;
  float log_probability;
};

struct GeneratedToken {
  int64_t prompt;
  RankedToken chosen;
  std::vector<RankedToken> alternatives;
};

/** What one step of a generation brought. */
struct GenerationNews {
  struct Done {
    int64_t prompt;
    GeneratedText text;
  };
  std::vector<GeneratedToken> tokens;
  std::vector<Done> done;
  bool empty() const { return tokens.empty() && done.empty(); }
};

struct GenerationListener {
  std::function<void(GenerationNews)> on_news;  // empty: nobody listens
  const StopSignal* stop = nullptr;
};

}  // namespace adapter_lab
