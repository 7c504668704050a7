// Moves of floats between the lanes of vectors, for a vector of any length.
#pragma once
#include "cpu/kernels/vector.h"

namespace adapter_lab::ADAPTER_LAB_LEVEL {

template <int... Index>
struct Indices {};
template <int Count, int... Index>
struct CountedIndices : CountedIndices<Count - 1, Count - 1, Index...> {};
template <int... Index>
struct CountedIndices<0, Index...> {
  using Type = Indices<Index...>;
};
using LaneIndices = CountedIndices<kLanes>::Type;

/** The lanes of a and b in turns: their first halves, or their last. */
template <int... Lane>
static inline Vector zip_first(Vector a, Vector b, Indices<Lane...>) {
  return chosen_lanes<(Lane / 2 + Lane % 2 * kLanes)...>(a, b);
}
template <int... Lane>
static inline Vector zip_last(Vector a, Vector b, Indices<Lane...>) {
  return chosen_lanes<(kLanes / 2 + Lane / 2 + Lane % 2 * kLanes)...>(a, b);
}

template <int... Lane>
static inline IntVector lane_list(Indices<Lane...>) {
  return IntVector{Lane...};
}

/** Lane i of the result is lane i + Step, around. */
template <int Step, int... Lane>
static inline Vector rotated(Vector v, Indices<Lane...>) {
  return chosen_lanes<((Lane + Step) % kLanes)...>(v, v);
}

static inline IntVector lane_numbers() { return lane_list(LaneIndices()); }

static inline Vector larger(Vector a, Vector b) { return a > b ? a : b; }

/** Every lane is the largest of all. */
template <int Step = kLanes / 2>
static inline Vector largest_lane(Vector v) {
  if constexpr (Step == 0)
    return v;
  else
    return largest_lane<Step / 2>(larger(v, rotated<Step>(v, LaneIndices())));
}

/** Every lane is the sum of all. */
template <int Step = kLanes / 2>
static inline Vector sum_of_lanes(Vector v) {
  if constexpr (Step == 0)
    return v;
  else
    return sum_of_lanes<Step / 2>(v + rotated<Step>(v, LaneIndices()));
}

/** A square of kLanes rows is turned over: each of log2(kLanes) passes zips the rows of both halves. */
template <int Passes = kLanes>
static inline void turn_over(Vector (&rows)[kLanes]) {
  if constexpr (Passes > 1) {
    Vector zipped[kLanes];
    for (int i = 0; i < kLanes / 2; ++i) {
      zipped[2 * i] = zip_first(rows[i], rows[i + kLanes / 2], LaneIndices());
      zipped[2 * i + 1] = zip_last(rows[i], rows[i + kLanes / 2], LaneIndices());
    }
    for (int i = 0; i < kLanes; ++i) rows[i] = zipped[i];
    turn_over<Passes / 2>(rows);
  }
}

/** y (cols, rows), its rows y_stride apart, is set to x (rows, cols) turned over. */
static void transpose(float* y, int64_t y_stride, const float* x, int64_t x_stride, int64_t rows, int64_t cols) {
  const int64_t whole_rows = rows / kLanes * kLanes;
  const int64_t whole_cols = cols / kLanes * kLanes;
  for (int64_t row = 0; row < whole_rows; row += kLanes)
    for (int64_t col = 0; col < whole_cols; col += kLanes) {
      Vector square[kLanes];
      for (int i = 0; i < kLanes; ++i) {
        // The next square below: so many rows at once are more streams than processors foresee.
        __builtin_prefetch(x + (row + kLanes + i) * x_stride + col);
        square[i] = load(x + (row + i) * x_stride + col);
      }
      turn_over(square);
      for (int i = 0; i < kLanes; ++i) store(y + (col + i) * y_stride + row, square[i]);
    }
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t col = row < whole_rows ? whole_cols : 0; col < cols; ++col)
      y[col * y_stride + row] = x[row * x_stride + col];
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
