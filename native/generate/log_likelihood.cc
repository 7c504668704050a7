#include "generate/log_likelihood.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "generate/cached_prompt.h"
#include "generate/check_request.h"
#include "generate/logits.h"

namespace adapter_lab {
namespace {

constexpr size_t kContextsAtOnce = 8;

/** A token whose probability a row of the pass tells. */
struct Asked {
  int32_t row;  // among the wanted ones
  int32_t token;
  LogLikelihood* result;
};

/** A context in work. Its continuations begin with its cache and are texts of their own: how likely one is depends
 *  neither on the others nor on where the context was cut off. */
class InWork {
 public:
  InWork(KeyValueBlocks& pool, CachedPrompt context, const std::vector<int32_t>& tokens,
         const std::vector<std::vector<int32_t>>& continuations, std::vector<LogLikelihood>& results)
      : pool_(&pool),
        context_(std::move(context)),
        tokens_(&tokens),
        continuations_(&continuations),
        results_(&results) {}

  bool is_done() const { return context_.is_ready() && next_ == continuations_->size(); }

  /** Adds up to `room` rows; what they will tell goes to `asked`. Returns how many. */
  int64_t add_rows(CachedPass& pass, int64_t room, std::vector<Asked>& asked) {
    running_.clear();
    if (!context_.is_ready()) {
      const int64_t added = context_.add_rows(pass, room);
      if (context_.is_ready())
        for (size_t i = 0; i < continuations_->size(); ++i)
          if (!(*continuations_)[i].empty()) ask(pass, i, 0, asked);
      return added;
    }
    int64_t added = 0;
    while (next_ < continuations_->size() && added < room) added += add_part(pass, room - added, asked);
    return added;
  }

 private:
  /** A continuation as a text without its last token, whose key nobody reads. */
  struct Text {
    Text(KeyValueBlocks& pool, std::vector<int32_t> all, const CachedPrompt& context)
        : tokens(std::move(all)), prompt(pool, tokens, context) {}
    std::vector<int32_t> tokens;
    CachedPrompt prompt;
  };

  /** Rows of the next continuation. */
  int64_t add_part(CachedPass& pass, int64_t room, std::vector<Asked>& asked) {
    const std::vector<int32_t>& continuation = (*continuations_)[next_];
    if (continuation.size() < 2) {
      ++next_;
      return 0;
    }
    if (!current_) {
      std::vector<int32_t> tokens = *tokens_;
      tokens.insert(tokens.end(), continuation.begin(), continuation.end() - 1);
      current_ = std::make_unique<Text>(*pool_, std::move(tokens), context_);
    }
    const int64_t wanted = pass.wanted();
    const int64_t added = current_->prompt.add_rows(pass, room, CachedPrompt::Wanted::kAll);
    for (int64_t i = 0; i < added; ++i) ask(static_cast<int32_t>(wanted + i), next_, ++token_, asked);
    if (current_->prompt.is_ready()) {
      running_.push_back(std::move(current_));  // its cache must stay until the pass has run
      ++next_;
      token_ = 0;
    }
    return added;
  }

  void ask(const CachedPass& pass, size_t continuation, size_t token, std::vector<Asked>& asked) const {
    ask(static_cast<int32_t>(pass.wanted() - 1), continuation, token, asked);
  }
  void ask(int32_t row, size_t continuation, size_t token, std::vector<Asked>& asked) const {
    asked.push_back({row, (*continuations_)[continuation][token], &(*results_)[continuation]});
  }

  KeyValueBlocks* pool_;
  CachedPrompt context_;
  const std::vector<int32_t>* tokens_;
  const std::vector<std::vector<int32_t>>* continuations_;
  std::vector<LogLikelihood>* results_;
  std::unique_ptr<Text> current_;
  std::vector<std::unique_ptr<Text>> running_;
  size_t next_ = 0;   // continuation
  size_t token_ = 0;  // of it, the last that was asked for
};

void answer(Ops& ops, Pass& pass, Transformer& model, Tensor ends, const std::vector<Asked>& asked) {
  auto from = asked.begin();
  for_logits(pass, model, ends, [&](Tensor logits, int64_t first) {
    std::vector<float> best_values(static_cast<size_t>(logits.rows));
    std::vector<int32_t> best(best_values.size());
    ops.top_log_probabilities(best_values.data(), best.data(), logits, 1);
    const auto to = std::find_if(from, asked.end(), [&](const Asked& one) { return one.row >= first + logits.rows; });
    std::vector<TokenPick> picks;
    for (auto one = from; one != to; ++one) picks.push_back({static_cast<int32_t>(one->row - first), one->token});
    std::vector<double> values(picks.size());
    ops.log_probabilities(values.data(), logits, picks);
    for (size_t i = 0; i < picks.size(); ++i, ++from) {
      from->result->sum += values[i];
      from->result->is_greedy = from->result->is_greedy && best[static_cast<size_t>(picks[i].row)] == from->token;
    }
  });
}

}  // namespace

std::vector<std::vector<LogLikelihood>> log_likelihoods(Ops& ops, Transformer& model,
                                                        const LogLikelihoodRequest& request) {
  check_request(request, model.shape().vocabulary);
  std::vector<std::vector<LogLikelihood>> results;
  for (const auto& continuations : request.continuations) results.emplace_back(continuations.size());
  if (request.contexts.empty()) return results;
  Pass pass = model.inference_pass();
  pass.row_by_row = true;
  KeyValueBlocks pool(ops, model.shape());
  const SharedPrefix prefix(pass, model, pool, request.contexts);
  std::vector<InWork> in_work;
  for (size_t next = 0; next < request.contexts.size() || !in_work.empty();) {
    for (; next < request.contexts.size() && in_work.size() < kContextsAtOnce; ++next)
      in_work.emplace_back(pool, prefix.begin(request.contexts[next]), request.contexts[next],
                           request.continuations[next], results[next]);
    const ArenaScope scope(pass.saved);
    CachedPass cached(pool.layer_floats());
    std::vector<Asked> asked;
    int64_t room = kPromptRows;
    for (InWork& work : in_work) room -= work.add_rows(cached, room, asked);
    if (cached.rows() > 0) answer(ops, pass, model, cached.run(pass, model), asked);
    std::erase_if(in_work, [](const InWork& work) { return work.is_done(); });
  }
  return results;
}

}  // namespace adapter_lab
