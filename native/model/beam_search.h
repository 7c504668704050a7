// Beam search for one prompt with the results of transformers' generate: length penalty 1, early
// stopping off. One beam is greedy decoding. Pure bookkeeping; the generator runs the model.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace adapter_lab {

class BeamSearch {
 public:
  BeamSearch(int64_t beams, int64_t max_new_tokens, std::vector<int32_t> end_tokens);

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

  /** The best text without its end token; once finished. */
  std::vector<int32_t> best() const;

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
  bool can_improve() const;
  bool is_end(int32_t token) const;

  int64_t beams_;
  int64_t max_new_tokens_;
  int64_t keep_;
  std::vector<int32_t> end_tokens_;
  int64_t length_ = 0;
  bool improvable_ = true;
  bool finished_ = false;
  std::vector<Running> running_;
  std::vector<Finished> done_;  // the best `beams_`, descending
};

}  // namespace adapter_lab
