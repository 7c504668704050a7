// Moves of floats between the lanes of vectors, for a vector of any length.
#pragma once
#include "cpu/kernels/convert.h"
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

// Of the quads of a and b: their first pairs of lanes in turns, or the last; their first halves, or the last.
#if defined(__AVX512F__)
static inline Vector first_pairs(Vector a, Vector b) {
  return chosen_lanes<0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29>(a, b);
}
static inline Vector last_pairs(Vector a, Vector b) {
  return chosen_lanes<2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31>(a, b);
}
static inline Vector first_halves(Vector a, Vector b) {
  return chosen_lanes<0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29>(a, b);
}
static inline Vector last_halves(Vector a, Vector b) {
  return chosen_lanes<2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31>(a, b);
}
#elif defined(__AVX__)
static inline Vector first_pairs(Vector a, Vector b) { return chosen_lanes<0, 8, 1, 9, 4, 12, 5, 13>(a, b); }
static inline Vector last_pairs(Vector a, Vector b) { return chosen_lanes<2, 10, 3, 11, 6, 14, 7, 15>(a, b); }
static inline Vector first_halves(Vector a, Vector b) { return chosen_lanes<0, 1, 8, 9, 4, 5, 12, 13>(a, b); }
static inline Vector last_halves(Vector a, Vector b) { return chosen_lanes<2, 3, 10, 11, 6, 7, 14, 15>(a, b); }
#else
static inline Vector first_pairs(Vector a, Vector b) { return chosen_lanes<0, 4, 1, 5>(a, b); }
static inline Vector last_pairs(Vector a, Vector b) { return chosen_lanes<2, 6, 3, 7>(a, b); }
static inline Vector first_halves(Vector a, Vector b) { return chosen_lanes<0, 1, 4, 5>(a, b); }
static inline Vector last_halves(Vector a, Vector b) { return chosen_lanes<2, 3, 6, 7>(a, b); }
#endif

/** The quads of a and b in turns: those of their first halves, or of their last. */
template <int... Lane>
static inline Vector zip_first(Vector a, Vector b, Indices<Lane...>) {
  return chosen_lanes<(Lane / 8 * 4 + Lane % 4 + Lane / 4 % 2 * kLanes)...>(a, b);
}
template <int... Lane>
static inline Vector zip_last(Vector a, Vector b, Indices<Lane...>) {
  return chosen_lanes<(kLanes / 2 + Lane / 8 * 4 + Lane % 4 + Lane / 4 % 2 * kLanes)...>(a, b);
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

constexpr int kQuads = kLanes / 4;

/** A square of quads is turned over: each of log2(kQuads) passes zips the rows of both halves. */
template <int Passes = kQuads>
static inline void turn_quads(Vector (&rows)[kQuads]) {
  if constexpr (Passes > 1) {
    Vector zipped[kQuads];
    for (int i = 0; i < kQuads / 2; ++i) {
      zipped[2 * i] = zip_first(rows[i], rows[i + kQuads / 2], LaneIndices());
      zipped[2 * i + 1] = zip_last(rows[i], rows[i + kQuads / 2], LaneIndices());
    }
    for (int i = 0; i < kQuads; ++i) rows[i] = zipped[i];
    turn_quads<Passes / 2>(rows);
  }
}

/** A square of kLanes rows is turned over: first within its squares of four rows and a quad, then those. */
static inline void turn_over(Vector (&rows)[kLanes]) {
  for (int row = 0; row < kLanes; row += 4) {
    Vector* const four = rows + row;
    const Vector upper_first = first_pairs(four[0], four[1]), lower_first = first_pairs(four[2], four[3]);
    const Vector upper_last = last_pairs(four[0], four[1]), lower_last = last_pairs(four[2], four[3]);
    four[0] = first_halves(upper_first, lower_first);
    four[1] = last_halves(upper_first, lower_first);
    four[2] = first_halves(upper_last, lower_last);
    four[3] = last_halves(upper_last, lower_last);
  }
  for (int of_four = 0; of_four < 4; ++of_four) {
    Vector quads[kQuads];
    for (int i = 0; i < kQuads; ++i) quads[i] = rows[4 * i + of_four];
    turn_quads(quads);
    for (int i = 0; i < kQuads; ++i) rows[4 * i + of_four] = quads[i];
  }
}

/** A vector from each of kLanes rows, turned over. */
template <typename Element>
static inline void load_turned(Vector (&square)[kLanes], const Element* x, int64_t x_stride) {
  for (int i = 0; i < kLanes; ++i) {
    // The next square below: so many rows at once are more streams than processors foresee.
    __builtin_prefetch(x + (kLanes + i) * x_stride);
    square[i] = load(x + i * x_stride);
  }
  turn_over(square);
}

/** y (cols, rows), its rows y_stride apart, is set to x (rows, cols) turned over. */
static void transpose(float* y, int64_t y_stride, const float* x, int64_t x_stride, int64_t rows, int64_t cols) {
  const int64_t whole_rows = rows / kLanes * kLanes;
  const int64_t whole_cols = cols / kLanes * kLanes;
  for (int64_t row = 0; row < whole_rows; row += kLanes)
    for (int64_t col = 0; col < whole_cols; col += kLanes) {
      Vector square[kLanes];
      load_turned(square, x + row * x_stride + col, x_stride);
      for (int i = 0; i < kLanes; ++i) store(y + (col + i) * y_stride + row, square[i]);
    }
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t col = row < whole_rows ? whole_cols : 0; col < cols; ++col)
      y[col * y_stride + row] = x[row * x_stride + col];
}

/** The same of x in bf16. Two neighbours of a row move as one lane and part where they arrive. */
static void transpose_bf16(float* y, int64_t y_stride, const uint16_t* x, int64_t x_stride, int64_t rows,
                           int64_t cols) {
  constexpr int64_t kPairs = 2 * kLanes;
  const int64_t whole_rows = cols < kPairs ? 0 : rows / kLanes * kLanes;
  for (int64_t next = 0; next < cols; next += kPairs) {
    // The last square begins early enough to be whole.
    const int64_t col = next + kPairs <= cols ? next : cols - kPairs;
    for (int64_t row = 0; row < whole_rows; row += kLanes) {
      Vector square[kLanes];
      load_turned(square, x + row * x_stride + col, x_stride);
      for (int i = 0; i < kLanes; ++i) {
        const UintVector pair = (UintVector)square[i];
        float* to = y + (col + 2 * i) * y_stride + row;
        store(to, (Vector)(pair << 16));
        store(to + y_stride, (Vector)(pair & 0xffff0000u));
      }
    }
  }
  for (int64_t row = whole_rows; row < rows; ++row)
    for (int64_t col = 0; col < cols; ++col) from_bf16(y + col * y_stride + row, x + row * x_stride + col, 1);
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
