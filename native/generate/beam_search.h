// Beam search for one prompt with the results of transformers' generate. Pure bookkeeping;
// the generator runs the model.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace adapter_lab {

/** When a search ends. kNo: as soon as the best running text, at its present length, is worse than all finished ones.
 *  kYes: as soon as there are as many finished texts as beams. kNever: as kNo,
 *  but with the length penalty of the longest text. */
enum class EarlyStopping { kNo, kYes, kNever };

struct BeamOptions {
  int64_t beams;
  int64_t max_new_tokens;
  float length_penalty;
  EarlyStopping early_stopping;
  std::vector<int32_t> end_tokens;
};

class BeamSearch {
 public:
  /** `options` must outlive the search. */
  explicit BeamSearch(const BeamOptions& options);

  /** A running text: the token it was last given and the beam it continues. */
  struct Running {
    float score;
    int64_t parent;
    std::vector<int32_t> tokens;
  };

  /** Log probabilities to hand to `advance` for each running beam. */
  int64_t candidates_per_beam() const { return keep_; }
  std::span<const Running> running() const { return running_; }
  bool finished() const { return finished_; }

  /** values, tokens: (running().size(), candidates) the best next tokens of each beam, descending. */
  void advance(std::span<const float> values, std::span<const int32_t> tokens, int64_t candidates);

  /** A text without its end token, and whether it had one. */
  struct Text {
    std::vector<int32_t> tokens;
    bool ended;
  };
  /** The best finished text; the best running one where none is. */
  Text best() const;

 private:
  struct Candidate {
    float score;
    int64_t beam;
    int32_t token;
    bool ends;
  };
  struct Finished {
    float score;
    std::vector<int32_t> tokens;
  };

  std::vector<Candidate> rank(std::span<const float> values, std::span<const int32_t> tokens, int64_t candidates) const;
  std::vector<int32_t> extended(const Candidate& candidate) const;
  void keep_finished(const std::vector<Candidate>& ranked);
  void keep_running(const std::vector<Candidate>& ranked);
  bool is_full() const { return done_.size() >= beams(); }
  bool can_improve() const;
  bool is_end(int32_t token) const;
  float penalised(float score, int64_t length) const;
  size_t beams() const { return static_cast<size_t>(options_.beams); }

  const BeamOptions& options_;
  int64_t keep_;
  int64_t length_ = 0;
  bool improvable_ = true;
  bool finished_ = false;
  std::vector<Running> running_;
  std::vector<Finished> done_;  // the best `beams`, descending
};

}  // namespace adapter_lab
