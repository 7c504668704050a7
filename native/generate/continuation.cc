#include "generate/continuation.h"

#include <algorithm>
#include <utility>

#include "generate/beam_places.h"

namespace adapter_lab {
namespace {

/** Greedy or drawn: keys lie in the order of the tokens. */
class SingleText final : public Continuation {
 public:
  SingleText(const BeamOptions& options, int64_t prompt_length)
      : options_(options), prompt_length_(prompt_length), finished_(options.max_new_tokens <= 0) {}

  size_t lines() const override { return 1; }
  int64_t candidates() const override { return 1; }

  void add_rows(CachedPass& pass) const override {
    const int64_t position = prompt_length_ + static_cast<int64_t>(tokens_.size()) - 1;
    pass.add(tokens_.back(), {position, position + 1, {}}, position);
    pass.want();
  }

  void choose(std::span<const float>, std::span<const int32_t> tokens, int64_t) override {
    const std::vector<int32_t>& ends = options_.end_tokens;
    ended_ = std::find(ends.begin(), ends.end(), tokens[0]) != ends.end();
    if (!ended_) tokens_.push_back(tokens[0]);
    finished_ = ended_ || static_cast<int64_t>(tokens_.size()) >= options_.max_new_tokens;
  }

  bool has_grown() const override { return !ended_; }
  bool is_finished() const override { return finished_; }

  GeneratedText text() const override {
    return {tokens_, ended_ ? Ended::kEnd : finished_ ? Ended::kLength : Ended::kStopped};
  }

 private:
  const BeamOptions& options_;
  int64_t prompt_length_;
  std::vector<int32_t> tokens_;
  bool ended_ = false;
  bool finished_;
};

class Beams final : public Continuation {
 public:
  Beams(const BeamOptions& options, int64_t prompt_length)
      : search_(options), places_(prompt_length), prompt_length_(prompt_length) {}

  size_t lines() const override { return search_.running().size(); }
  int64_t candidates() const override { return search_.candidates_per_beam(); }

  void add_rows(CachedPass& pass) const override {
    for (size_t beam = 0; beam < lines(); ++beam) {
      const std::span<const int32_t> own = places_.of(beam);
      const int64_t position = prompt_length_ + static_cast<int64_t>(own.size()) - 1;
      pass.add(search_.running()[beam].tokens.back(), {position, prompt_length_, own}, own.back());
      pass.want();
    }
  }

  void choose(std::span<const float> values, std::span<const int32_t> tokens, int64_t count) override {
    search_.advance(values, tokens, count);
    if (!search_.finished()) places_.follow(search_.running());
  }

  bool has_grown() const override { return false; }
  bool is_finished() const override { return search_.finished(); }

  GeneratedText text() const override {
    BeamSearch::Text best = search_.best();
    const Ended without_end = search_.finished() ? Ended::kLength : Ended::kStopped;
    return {std::move(best.tokens), best.ended ? Ended::kEnd : without_end};
  }

 private:
  BeamSearch search_;
  BeamPlaces places_;
  int64_t prompt_length_;
};

}  // namespace

std::unique_ptr<Continuation> make_continuation(const BeamOptions& options, int64_t prompt_length) {
  if (options.beams > 1) return std::make_unique<Beams>(options, prompt_length);
  return std::make_unique<SingleText>(options, prompt_length);
}

}  // namespace adapter_lab
