#include "generate/generator.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/random.h"
#include "generate/cached_prompt.h"
#include "generate/check_request.h"
#include "generate/continuation.h"
#include "generate/logits.h"

namespace adapter_lab {
namespace {

/** A prompt in work. */
struct InWork {
  size_t index;
  CachedPrompt prompt;
  std::unique_ptr<Continuation> continuation;
  int64_t chosen = 0;  // tokens so far
};

/** What the head says of the rows that a step asked for. */
struct Choices {
  int64_t count;               // best tokens of a row
  std::vector<float> values;   // (rows, count)
  std::vector<int32_t> tokens;
  std::vector<float> drawn_values;  // (rows), with sampling
  std::vector<int32_t> drawn_tokens;
};

class Generator {
 public:
  Generator(Ops& ops, Transformer& model, const GenerateRequest& request, const GenerationListener& listener)
      : ops_(ops),
        model_(model),
        request_(request),
        listener_(listener),
        pass_(model.inference_pass()),
        pool_(ops, model.shape()),
        texts_(request.prompts.size()) {
    pass_.row_by_row = true;
  }

  std::vector<GeneratedText> run() {
    const SharedPrefix prefix(pass_, model_, pool_, request_.prompts);
    while (next_ < request_.prompts.size() || !in_work_.empty()) {
      leave_if([&](const InWork& work) { return is_stopped(work.index); });
      admit(prefix);
      step();
      leave_if([](const InWork& work) { return work.continuation->is_finished(); });
      tell();
    }
    return std::move(texts_);
  }

 private:
  bool is_stopped(size_t prompt) const { return listener_.stop && listener_.stop->stops(static_cast<int64_t>(prompt)); }

  void admit(const SharedPrefix& prefix) {
    const auto at_once = static_cast<size_t>(request_.at_once);
    for (; next_ < request_.prompts.size() && in_work_.size() < at_once; ++next_) {
      const std::vector<int32_t>& tokens = request_.prompts[next_];
      auto continuation = make_continuation(request_.options, static_cast<int64_t>(tokens.size()));
      if (is_stopped(next_) || continuation->is_finished())
        finish(next_, continuation->text());
      else
        in_work_.push_back({next_, prefix.begin(tokens), std::move(continuation)});
    }
  }

  /** Runs new parts of prompts and the tokens that were chosen last; chooses the next ones. */
  void step() {
    if (in_work_.empty()) return;
    const ArenaScope scope(pass_.saved);
    CachedPass pass(pool_.layer_floats());
    std::vector<InWork*> asking;
    int64_t room = kPromptRows;
    for (InWork& work : in_work_) {
      const int64_t wanted = pass.wanted();
      if (work.prompt.is_ready()) {
        pass.begin_text(work.prompt.cache());
        work.continuation->add_rows(pass);
      } else {
        room -= work.prompt.add_rows(pass, room);
      }
      if (pass.wanted() > wanted) asking.push_back(&work);
    }
    const Tensor ends = pass.run(pass_, model_);
    if (!asking.empty()) choose(read_head(ends, asking), asking);
  }

  Choices read_head(Tensor ends, const std::vector<InWork*>& asking) {
    const int64_t vocabulary = model_.shape().vocabulary;
    const int64_t wanted = std::max(asking.front()->continuation->candidates(), request_.alternatives);
    Choices choices{std::min(wanted, vocabulary), {}, {}, {}, {}};
    const auto rows = static_cast<size_t>(ends.rows);
    choices.values.resize(rows * static_cast<size_t>(choices.count));
    choices.tokens.resize(choices.values.size());
    const std::vector<double> draws = draws_for(asking);
    choices.drawn_values.resize(draws.size());
    choices.drawn_tokens.resize(draws.size());
    for_logits(pass_, model_, ends, [&](Tensor logits, int64_t first) {
      const auto at = static_cast<size_t>(first);
      ops_.top_log_probabilities(choices.values.data() + first * choices.count,
                                 choices.tokens.data() + first * choices.count, logits, choices.count);
      if (request_.sampling)
        ops_.draw_tokens(choices.drawn_tokens.data() + at, choices.drawn_values.data() + at, logits,
                         std::span(draws).subspan(at, static_cast<size_t>(logits.rows)), request_.sampling->cut);
    });
    return choices;
  }

  /** Uniform in [0, 1), by the prompt's number and token: the same in any batch. Without sampling none. */
  std::vector<double> draws_for(const std::vector<InWork*>& asking) const {
    std::vector<double> draws;
    if (!request_.sampling) return draws;
    for (const InWork* work : asking) {
      const std::vector<uint32_t>& numbers = request_.sampling->numbers;
      const uint64_t number = numbers.empty() ? work->index : numbers[work->index];
      const uint64_t stream = number << 32 | static_cast<uint64_t>(work->chosen);
      draws.push_back(Random(request_.sampling->seed, stream).next_double());
    }
    return draws;
  }

  void choose(const Choices& choices, const std::vector<InWork*>& asking) {
    size_t row = 0;
    for (InWork* work : asking) {
      const size_t lines = work->continuation->lines();
      const size_t at = row * static_cast<size_t>(choices.count);
      const size_t count = lines * static_cast<size_t>(choices.count);
      const auto values = std::span(choices.values).subspan(at, count);
      const auto tokens = std::span(choices.tokens).subspan(at, count);
      const bool drawn = request_.sampling.has_value();
      const auto chosen_value = drawn ? std::span(choices.drawn_values).subspan(row, 1) : values;
      const auto chosen_token = drawn ? std::span(choices.drawn_tokens).subspan(row, 1) : tokens;
      work->continuation->choose(chosen_value, chosen_token, drawn ? 1 : choices.count);
      ++work->chosen;
      if (listener_.on_news && work->continuation->has_grown())
        news_.tokens.push_back({static_cast<int64_t>(work->index),
                                {chosen_token[0], chosen_value[0]},
                                alternatives(values, tokens)});
      row += lines;
    }
  }

  std::vector<RankedToken> alternatives(std::span<const float> values, std::span<const int32_t> tokens) const {
    std::vector<RankedToken> ranked;
    const auto count = std::min(static_cast<size_t>(request_.alternatives), tokens.size());
    for (size_t i = 0; i < count; ++i) ranked.push_back({tokens[i], values[i]});
    return ranked;
  }

  template <typename Condition>
  void leave_if(const Condition& leaves) {
    std::erase_if(in_work_, [&](const InWork& work) {
      if (!leaves(work)) return false;
      finish(work.index, work.continuation->text());
      return true;
    });
  }

  void finish(size_t prompt, GeneratedText text) {
    if (listener_.on_news) news_.done.push_back({static_cast<int64_t>(prompt), text});
    texts_[prompt] = std::move(text);
  }

  void tell() {
    if (!news_.empty()) listener_.on_news(std::exchange(news_, {}));
  }

  Ops& ops_;
  Transformer& model_;
  const GenerateRequest& request_;
  const GenerationListener& listener_;
  Pass pass_;
  KeyValueBlocks pool_;
  std::vector<InWork> in_work_;
  size_t next_ = 0;
  std::vector<GeneratedText> texts_;
  GenerationNews news_;
};

}  // namespace

std::vector<GeneratedText> generate(Ops& ops, Transformer& model, const GenerateRequest& request,
                                    const GenerationListener& listener) {
  check_request(request, model.shape().vocabulary);
  if (request.prompts.empty()) return {};
  return Generator(ops, model, request, listener).run();
}

}  // namespace adapter_lab
