// Products of rows with rows, y = x w^T, both read as they lie: nothing is packed, so few rows cost no more than their
// share. Each result is summed in one order that k alone sets: its bits do not depend on the rows beside it.
#pragma once
#include "cpu/kernels/convert.h"
#include "cpu/kernels/kernels.h"
#include "cpu/kernels/lanes.h"
#include "cpu/kernels/nf4.h"
#include "cpu/kernels/vector.h"

namespace adapter_lab::ADAPTER_LAB_LEVEL {

typedef float Quad __attribute__((vector_size(16)));

// A tile's sums fill the registers; its rows of w stay in the first cache while all rows of x pass.
constexpr int kRowsOfX = 3;
#if defined(__AVX512F__)
constexpr int kQuadsOfW = 2;
#else
constexpr int kQuadsOfW = 1;
#endif
constexpr int64_t kDepth = 768;

/** The sum of a vector's quads, neighbours first. */
static inline Quad fold(Vector v) {
  Quad quads[kQuads];
  __builtin_memcpy(quads, &v, sizeof v);
  for (int count = kQuads; count > 1; count /= 2)
    for (int i = 0; i < count / 2; ++i) quads[i] = quads[2 * i] + quads[2 * i + 1];
  return quads[0];
}

/** The sums of four vectors' lanes. */
static inline Quad sum_lanes(Vector a, Vector b, Vector c, Vector d) {
  const Vector ab = first_pairs(a, b) + last_pairs(a, b);
  const Vector cd = first_pairs(c, d) + last_pairs(c, d);
  return fold(first_halves(ab, cd) + last_halves(ab, cd));
}

static inline Quad load_quad(const float* from) {
  Quad quad;
  __builtin_memcpy(&quad, from, sizeof quad);
  return quad;
}

/** The last floats of a row, zeros after them. */
static inline Vector load_part(const float* from, int64_t count) {
  Vector vector = {};
  for (int64_t i = 0; i < count; ++i) vector[i] = from[i];
  return vector;
}

// The value is in a register as it stands. Compilers would fold a load that several products share into each of them,
// and a product into the sum that follows in some tiles and not in others, which rounds otherwise.
#if defined(__AVX512F__)
#define ADAPTER_LAB_IN_REGISTER(vector) asm("" : "+v"(vector))
#elif defined(__x86_64__)
#define ADAPTER_LAB_IN_REGISTER(vector) asm("" : "+x"(vector))
#elif defined(__aarch64__)
#define ADAPTER_LAB_IN_REGISTER(vector) asm("" : "+w"(vector))
#else
#define ADAPTER_LAB_IN_REGISTER(vector)
#endif

/** Rows of w in f32 from `at` on, and the rows that come next as they lie in memory. */
struct WeightTile {
  const float* rows;
  int64_t stride;
  const char* ahead;
  int64_t ahead_stride;  // bytes
  int64_t element_bytes;
};

/** Rows of x times rows of w, `depth` floats from `at` on. */
template <int Rows, int Cols>
__attribute__((always_inline)) static inline void row_tile(const RowProduct& p, WeightTile w, int64_t row, int64_t col,
                                                           int64_t at, int64_t depth) {
  static_assert(Cols % 4 == 0 || Cols == 1);
  const float* x = p.x + row * p.x_stride + at;
  const int64_t x_stride = p.x_stride;
  Vector sums[Rows][Cols] = {};
  const int64_t whole = depth / kLanes * kLanes;
  // Each group of rows fetches one row of the next tile's weights: the last tile's hint leads nowhere, which is
  // allowed.
  const char* ahead = w.ahead + row / kRowsOfX % 8 * w.ahead_stride;
  for (int64_t i = 0; i < whole; i += kLanes) {
    if (Cols > 1) __builtin_prefetch(ahead + i * w.element_bytes);
    Vector rows[Rows];
    for (int r = 0; r < Rows; ++r) rows[r] = load(x + r * x_stride + i);
    for (int c = 0; c < Cols; ++c) {
      Vector weights = load(w.rows + c * w.stride + i);
      ADAPTER_LAB_IN_REGISTER(weights);
      for (int r = 0; r < Rows; ++r) sums[r][c] += rows[r] * weights;
    }
  }
  if (whole < depth) {
    Vector rows[Rows];
    for (int r = 0; r < Rows; ++r) rows[r] = load_part(x + r * x_stride + whole, depth - whole);
    for (int c = 0; c < Cols; ++c) {
      const Vector weights = load_part(w.rows + c * w.stride + whole, depth - whole);
      for (int r = 0; r < Rows; ++r) sums[r][c] = multiply_add(rows[r], weights, sums[r][c]);
    }
  }
  const bool accumulate = p.accumulate || at > 0;
  float* y = p.y + row * p.y_stride + col;
  for (int r = 0; r < Rows; ++r, y += p.y_stride) {
    if constexpr (Cols == 1) {
      Quad sum = p.alpha * sum_lanes(sums[r][0], sums[r][0], sums[r][0], sums[r][0]);
      ADAPTER_LAB_IN_REGISTER(sum);
      *y = accumulate ? *y + sum[0] : sum[0];
    } else {
      for (int c = 0; c < Cols; c += 4) {
        Quad sum = p.alpha * sum_lanes(sums[r][c], sums[r][c + 1], sums[r][c + 2], sums[r][c + 3]);
        ADAPTER_LAB_IN_REGISTER(sum);
        if (accumulate) sum += load_quad(y + c);
        __builtin_memcpy(y + c, &sum, sizeof sum);
      }
    }
  }
}

/** Columns [at, at + depth) of `count` rows of w from `col` on become f32 once for all rows of x. */
static WeightTile widened_tile(float* widened, const RowProduct& p, int count, int64_t col, int64_t at, int64_t depth) {
  const int64_t first = col * p.w_stride + at;
  if (p.format == Format::nf4) {
    const Nf4* matrix = static_cast<const Nf4*>(p.w);
    for (int c = 0; c < count; ++c) from_nf4(widened + c * kDepth, {matrix, p.w_first + first + c * p.w_stride}, depth);
    const uint8_t* ahead = matrix->codes + (p.w_first + first + count * p.w_stride) / 2;
    return {widened, kDepth, reinterpret_cast<const char*>(ahead), p.w_stride / 2, 1};
  }
  const uint16_t* from = static_cast<const uint16_t*>(p.w) + first;
  const auto widen = p.format == Format::bf16 ? from_bf16 : from_f16;
  for (int c = 0; c < count; ++c) widen(widened + c * kDepth, from + c * p.w_stride, depth);
  return {widened, kDepth, reinterpret_cast<const char*>(from + count * p.w_stride), 2 * p.w_stride, 2};
}

template <int Cols>
static void row_tiles(const RowProduct& p, int64_t col, int64_t at, int64_t depth) {
  alignas(64) float widened[Cols * kDepth];
  WeightTile w;
  if (p.format == Format::f32) {
    const float* from = static_cast<const float*>(p.w) + col * p.w_stride + at;
    w = {from, p.w_stride, reinterpret_cast<const char*>(from + Cols * p.w_stride), 4 * p.w_stride, 4};
  } else {
    w = widened_tile(widened, p, Cols, col, at, depth);
  }
  int64_t row = 0;
  for (; row + kRowsOfX <= p.m; row += kRowsOfX) row_tile<kRowsOfX, Cols>(p, w, row, col, at, depth);
  if (p.m - row == 2) row_tile<2, Cols>(p, w, row, col, at, depth);
  if (p.m - row == 1) row_tile<1, Cols>(p, w, row, col, at, depth);
}

static void row_product(RowProduct p) {
  constexpr int64_t kCols = 4 * kQuadsOfW;
  const int64_t parts = (p.k + kDepth - 1) / kDepth;
  const int64_t part = ((p.k + parts - 1) / parts + kLanes - 1) / kLanes * kLanes;
  for (int64_t at = 0; at < p.k; at += part) {
    const int64_t depth = p.k - at < part ? p.k - at : part;
    int64_t col = 0;
    for (; col + kCols <= p.n; col += kCols) row_tiles<kCols>(p, col, at, depth);
    for (; col < p.n; ++col) row_tiles<1>(p, col, at, depth);
  }
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
