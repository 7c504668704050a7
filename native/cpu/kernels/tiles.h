// Products of f32 activations with narrow weights on a processor's tile units (Intel AMX), which form products of bf16
// exactly and add them up in f32. A float is the sum of three bf16 numbers, its pieces, to its last bit: with weights
// of bf16 three products give what f32 would, to its rounding. Values of NF4 are floats: of these and of what they are
// multiplied with two pieces count, 16 bits of each, and of the four products not the smallest.
#pragma once
#include <stdint.h>

#include "core/nf4.h"

namespace adapter_lab::tiles {

/** A tile is 16 rows of 16 floats, or of 32 bf16: so much depth of a product. */
constexpr int64_t kRows = 16;
constexpr int64_t kDepth = 32;
constexpr int64_t kHalves = kRows * kDepth;
/** A block of the result is two tiles high and two wide. */
constexpr int64_t kBlock = 2 * kRows;

/** Of each number, the largest first. */
struct Pieces {
  int64_t left;
  int64_t right;
};
constexpr Pieces kOfBf16{3, 1}, kOfNf4{2, 2};

/** Weights (k,n), or (n,k) if transposed; rows `stride` elements apart. */
struct Weights {
  const uint16_t* data;
  int64_t stride;
  bool transposed;
};

/** The same in NF4: 32 columns from a multiple of 32 on lie in one of its blocks. */
struct Nf4Weights {
  Nf4View data;
  int64_t stride;
  bool transposed;
};

/** c (rows, cols), at most a block, rows c_stride apart, is set to alpha times the product of two packs, `tiles` of
 * depth each, plus beta c. */
struct BlockProduct {
  float* c;
  int64_t c_stride;
  int64_t rows;
  int64_t cols;
  const uint16_t* left;
  const uint16_t* right;
  int64_t tiles;
  float alpha;
  float beta;
};

/** Products of few rows read weights where they lie, and are computed turned over: so many of w's rows at a time, while
 * the next ones are asked for. */
constexpr int64_t kWeightRows = 4 * kRows;

/** y (rows, w_rows), rows y_stride apart, is set to alpha x w^T, or has it added to it. Each result is one sum in the
 * order of depth, whatever is computed beside it. */
struct RowsProduct {
  float* y;
  int64_t y_stride;
  int64_t rows;
  const uint16_t* x;    // packs of 16 rows each, one after the other
  const uint16_t* w;    // (w_rows, k), rows w_stride apart
  const uint16_t* low;  // of weights in two pieces the second, which lies like the first; else null
  Nf4View nf4;          // in place of both, for up to 16 rows of x; else of null
  int64_t w_stride;
  int64_t w_rows;       // a multiple of 16
  int64_t tiles;        // of depth: k / 32
  float alpha;
  bool accumulate;
};

struct Kernels {
  /** Around the products of a thread. */
  void (*begin)();
  void (*end)();
  /** pack (tiles of depth, pieces, 16, 32) is set from x (rows, k), of which there are at most 16; the rest is 0. */
  void (*pack_left)(uint16_t* pack, const float* x, int64_t stride, int64_t rows, int64_t k, int64_t pieces);
  /** pack (tiles of depth, pieces, 2, 16 pairs of depth, 16 columns, 2) is set from at most 32 columns of w; the rest
   * is 0. */
  void (*pack_right)(uint16_t* pack, Weights w, int64_t k, int64_t cols);
  void (*pack_nf4)(uint16_t* pack, Nf4Weights w, int64_t k, int64_t cols);
  /** The left pack is of two tiles' rows, one after the other. */
  void (*multiply)(const BlockProduct& product);
  void (*multiply_nf4)(const BlockProduct& product);
  /** pack (tiles of depth, pieces, 16 pairs of depth, 16 rows of x, 2) is set from x (rows, k), of which there are at
   * most 16; the rest is 0. k is a multiple of 32. */
  void (*pack_rows)(uint16_t* pack, const float* x, int64_t stride, int64_t rows, int64_t k, int64_t pieces);
  /** Two pieces (rows, k) of rows of w are set. k is a multiple of 32. */
  void (*widen_nf4)(uint16_t* high, uint16_t* low, Nf4View w, int64_t stride, int64_t rows, int64_t k);
  void (*multiply_rows)(const RowsProduct& product);
};

/** Null where the processor has no such units, or the system does not lend them to this process. */
const Kernels* select_kernels();

}  // namespace adapter_lab::tiles
