// The texts of a batch as the model computes them. A *place* is a token of a text, a *row* is what is computed. Hidden
// states depend on the tokens up to their own alone: texts that begin alike share the rows of their beginning, and what
// follows the last target of a text is left out.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace adapter_lab {

/** Texts side by side; `targets` holds the token each token has to predict, -1 where it does not count. Without targets
 *  every token's state is asked for. */
struct PackedBatch {
  std::vector<int32_t> tokens;
  std::vector<int32_t> targets;
  std::vector<int32_t> lengths;
};

struct Packing {
  explicit Packing(const PackedBatch& batch);

  int64_t rows() const { return static_cast<int64_t>(tokens.size()); }
  /** Rows whose last hidden state is asked for. */
  int64_t ends() const { return wanted.empty() ? rows() : static_cast<int64_t>(wanted.size()); }

  std::vector<int32_t> starts;              // text i has places [starts[i], starts[i + 1])
  int64_t longest = 0;                      // text, in places
  std::vector<int32_t> tokens, positions;   // of each row
  std::vector<int32_t> row_of, place_of;    // each place's row and each row's first place; empty when they are the same
  std::vector<int32_t> wanted;              // the rows that `ends` counts, ascending; empty when all are
  std::vector<int32_t> counted, targets;    // a row among them, and what it has to predict
  std::vector<int32_t> times;               // that so many places of the row have to predict it

 private:
  void set_targets(std::span<const int32_t> of_places);
};

}  // namespace adapter_lab
