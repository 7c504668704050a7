#include "generate/beam_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace adapter_lab {
namespace {

constexpr float kRuledOut = -1.0e9f;

}  // namespace

BeamSearch::BeamSearch(const BeamOptions& options)
    : options_(options),
      keep_(std::max<int64_t>(2, 1 + static_cast<int64_t>(options.end_tokens.size())) * options.beams) {
  running_.push_back({0.0f, 0, {}});
  finished_ = options.max_new_tokens <= 0;
}

bool BeamSearch::is_end(int32_t token) const {
  return std::find(options_.end_tokens.begin(), options_.end_tokens.end(), token) != options_.end_tokens.end();
}

float BeamSearch::penalised(float score, int64_t length) const {
  return score /
         static_cast<float>(std::pow(static_cast<double>(length), static_cast<double>(options_.length_penalty)));
}

void BeamSearch::advance(std::span<const float> values, std::span<const int32_t> tokens, int64_t candidates) {
  const std::vector<Candidate> ranked = rank(values, tokens, candidates);
  ++length_;
  if (improvable_) keep_finished(ranked);
  const bool all_end = std::all_of(ranked.begin(), ranked.end(), [](const Candidate& c) { return c.ends; });
  keep_running(ranked);
  improvable_ = improvable_ && can_improve();
  finished_ = all_end || !improvable_ || (options_.early_stopping == EarlyStopping::kYes && is_full());
}

/** All continuations by score, the best `keep_`; equal scores by beam, then by rank in the beam. */
std::vector<BeamSearch::Candidate> BeamSearch::rank(std::span<const float> values, std::span<const int32_t> tokens,
                                                    int64_t candidates) const {
  std::vector<Candidate> ranked;
  const bool last = length_ + 1 >= options_.max_new_tokens;
  for (size_t beam = 0; beam < running_.size(); ++beam) {
    for (int64_t i = 0; i < candidates; ++i) {
      const size_t at = beam * static_cast<size_t>(candidates) + static_cast<size_t>(i);
      ranked.push_back(
          {values[at] + running_[beam].score, static_cast<int64_t>(beam), tokens[at], last || is_end(tokens[at])});
    }
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
  if (static_cast<int64_t>(ranked.size()) > keep_) ranked.resize(static_cast<size_t>(keep_));
  return ranked;
}

std::vector<int32_t> BeamSearch::extended(const Candidate& candidate) const {
  std::vector<int32_t> tokens = running_[static_cast<size_t>(candidate.beam)].tokens;
  tokens.push_back(candidate.token);
  return tokens;
}

void BeamSearch::keep_finished(const std::vector<Candidate>& ranked) {
  // Candidates below the first `beams` are only there so that enough beams go on.
  const size_t eligible = std::min(ranked.size(), beams());
  for (size_t i = 0; i < eligible; ++i)
    if (ranked[i].ends) done_.push_back({penalised(ranked[i].score, length_), extended(ranked[i])});
  std::stable_sort(done_.begin(), done_.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
  if (done_.size() > beams()) done_.resize(beams());
}

void BeamSearch::keep_running(const std::vector<Candidate>& ranked) {
  std::vector<Candidate> open = ranked;
  std::stable_partition(open.begin(), open.end(), [](const Candidate& c) { return !c.ends; });
  if (open.size() > beams()) open.resize(beams());
  std::vector<Running> next;
  for (const Candidate& candidate : open)
    next.push_back({candidate.score + (candidate.ends ? kRuledOut : 0.0f), candidate.beam, extended(candidate)});
  running_ = std::move(next);
}

bool BeamSearch::can_improve() const {
  if (!is_full()) return true;
  const bool hopeful = options_.early_stopping == EarlyStopping::kNever && options_.length_penalty > 0;
  const int64_t length = hopeful ? options_.max_new_tokens : length_;
  return penalised(running_.front().score, length) > done_.back().score;
}

BeamSearch::Text BeamSearch::best() const {
  if (done_.empty()) return {running_.empty() ? std::vector<int32_t>() : running_.front().tokens, false};
  Text text{done_.front().tokens, false};
  text.ended = !text.tokens.empty() && is_end(text.tokens.back());
  if (text.ended) text.tokens.pop_back();
  return text;
}

}  // namespace adapter_lab
