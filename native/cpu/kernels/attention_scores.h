// A tile of attention's scores becomes weights: a few rows (queries) by many columns (keys), each row of which sees the
// keys of one range. Scores that a row does not see become -infinity first, so that everything else is whole vectors.
#pragma once
#include "cpu/kernels/exponential.h"
#include "cpu/kernels/kernels.h"
#include "cpu/kernels/lanes.h"

namespace adapter_lab::ADAPTER_LAB_LEVEL {

/** The columns that a row of the tile sees: [begin, end). */
struct SeenColumns {
  int64_t begin;
  int64_t end;
};

static inline SeenColumns seen_columns(const ScoreTile& tile, int64_t row) {
  const int64_t own = tile.own + row;
  const int64_t begin = tile.window > 0 && own >= tile.window ? own - tile.window + 1 : 0;
  const int64_t end = own < 0 ? 0 : own + 1;
  return {begin < tile.cols ? begin : tile.cols, end < tile.cols ? end : tile.cols};
}

static inline void hide_unseen(float* scores, SeenColumns seen, int64_t cols) {
  const Vector unseen = Vector{} - __builtin_inff();
  const IntVector lane = lane_numbers();
  for (int64_t col = 0; col < seen.begin; col += kLanes)
    store(scores + col, lane >= static_cast<int32_t>(seen.begin - col) ? load(scores + col) : unseen);
  for (int64_t col = seen.end / kLanes * kLanes; col < cols; col += kLanes)
    store(scores + col, lane < static_cast<int32_t>(seen.end - col) ? load(scores + col) : unseen);
}

/** visit(first column) of each vector of a row; without a test before the first one, constants stay in registers. */
template <typename Visit>
__attribute__((always_inline)) static inline void each_vector(int64_t cols, const Visit& visit) {
  int64_t col = 0;
  do visit(col);
  while ((col += kLanes) < cols);
}

// Maxima, exponentials and sums are loops of their own: what waits for a row's maximum would hold up the next rows.
static void weigh_scores(ScoreTile tile, float* most, float* sums) {
  for (int64_t row = 0; row < tile.rows; ++row) {
    float* scores = tile.scores + row * tile.stride;
    hide_unseen(scores, seen_columns(tile, row), tile.cols);
    Vector largest = load(scores);
    each_vector(tile.cols, [&](int64_t col) { largest = larger(largest, load(scores + col)); });
    const float of_row = largest_lane(largest)[0];
    most[row] = of_row > most[row] ? of_row : most[row];
  }
  Vector parts[kScoreRows];
  for (int64_t row = 0; row < tile.rows; ++row) {
    float* scores = tile.scores + row * tile.stride;
    const float offset = most[row];
    Vector sum = {};
    each_vector(tile.cols, [&](int64_t col) {
      const Vector weight = exponential(load(scores + col) - offset);
      store(scores + col, weight);
      sum += weight;
    });
    parts[row] = sum;
  }
  for (int64_t row = 0; row < tile.rows; ++row) sums[row] = sum_of_lanes(parts[row])[0];
}

static void weigh_scores_backward(ScoreTile tile, float* dweights, float scale, const float* lse, const float* mean) {
  for (int64_t row = 0; row < tile.rows; ++row)
    hide_unseen(tile.scores + row * tile.stride, seen_columns(tile, row), tile.cols);
  for (int64_t row = 0; row < tile.rows; ++row) {
    float* scores = tile.scores + row * tile.stride;
    float* gradients = dweights + row * tile.stride;
    const float offset = lse[row];
    const float of_row = mean[row];
    each_vector(tile.cols, [&](int64_t col) {
      const Vector weight = exponential(load(scores + col) * scale - offset);
      store(scores + col, weight);
      store(gradients + col, weight * (load(gradients + col) - of_row) * scale);
    });
  }
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
