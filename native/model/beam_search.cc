#include "model/beam_search.h"

#include <algorithm>
#include <utility>

namespace adapter_lab {
namespace {

constexpr float kRuledOut = -1.0e9f;

}  // namespace

BeamSearch::BeamSearch(int64_t beams, int64_t max_new_tokens, std::vector<int32_t> end_tokens)
    : beams_(beams),
      max_new_tokens_(max_new_tokens),
      keep_(beams == 1 ? 1 : std::max<int64_t>(2, 1 + static_cast<int64_t>(end_tokens.size())) * beams),
      end_tokens_(std::move(end_tokens)) {
  running_.push_back({0.0f, 0, {}});
  finished_ = max_new_tokens <= 0;
}

bool BeamSearch::is_end(int32_t token) const {
  return std::find(end_tokens_.begin(), end_tokens_.end(), token) != end_tokens_.end();
}

void BeamSearch::advance(std::span<const float> values, std::span<const int32_t> tokens, int64_t candidates) {
  const std::vector<Candidate> ranked = rank(values, tokens, candidates);
  ++length_;
  if (improvable_) keep_finished(ranked);
  const bool all_end = std::all_of(ranked.begin(), ranked.end(), [](const Candidate& c) { return c.ends; });
  keep_running(ranked);
  improvable_ = improvable_ && can_improve();
  finished_ = all_end || !improvable_;
}

/** All continuations by score, the best `keep_`; equal scores by beam, then by rank in the beam. */
std::vector<BeamSearch::Candidate> BeamSearch::rank(std::span<const float> values, std::span<const int32_t> tokens,
                                                    int64_t candidates) const {
  std::vector<Candidate> ranked;
  const bool last = length_ + 1 >= max_new_tokens_;
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
  // Candidates below the first `beams_` are only there so that enough beams go on.
  const size_t eligible = std::min(ranked.size(), static_cast<size_t>(beams_));
  for (size_t i = 0; i < eligible; ++i)
    if (ranked[i].ends) done_.push_back({ranked[i].score / static_cast<float>(length_), extended(ranked[i])});
  std::stable_sort(done_.begin(), done_.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
  if (done_.size() > static_cast<size_t>(beams_)) done_.resize(static_cast<size_t>(beams_));
}

void BeamSearch::keep_running(const std::vector<Candidate>& ranked) {
  std::vector<Candidate> open = ranked;
  std::stable_partition(open.begin(), open.end(), [](const Candidate& c) { return !c.ends; });
  if (open.size() > static_cast<size_t>(beams_)) open.resize(static_cast<size_t>(beams_));
  std::vector<Running> next;
  for (const Candidate& candidate : open)
    next.push_back({candidate.score + (candidate.ends ? kRuledOut : 0.0f), candidate.beam, extended(candidate)});
  running_ = std::move(next);
}

bool BeamSearch::can_improve() const {
  if (done_.size() < static_cast<size_t>(beams_)) return true;
  return running_.front().score / static_cast<float>(length_) > done_.back().score;
}

std::vector<int32_t> BeamSearch::best() const {
  if (done_.empty()) return {};
  std::vector<int32_t> tokens = done_.front().tokens;
  if (!tokens.empty() && is_end(tokens.back())) tokens.pop_back();
  return tokens;
}

}  // namespace adapter_lab
