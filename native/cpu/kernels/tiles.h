// Products of f32 activations with bf16 weights on a processor's tile units (Intel AMX), to the rounding of f32. A
// float is the sum of three bf16 numbers, to its last bit: x w^T is that of three products which the units form exactly
// and add up in f32.
#pragma once
#include <stdint.h>

namespace adapter_lab::tiles {

/** A tile is 16 rows of 16 floats, or of 32 bf16: so much depth of a product. */
constexpr int64_t kRows = 16;
constexpr int64_t kDepth = 32;
constexpr int64_t kHalves = kRows * kDepth;
/** A block of the result is two tiles high and two wide. */
constexpr int64_t kBlock = 2 * kRows;
/** Of a float. */
constexpr int64_t kPieces = 3;

/** Weights (k,n), or (n,k) if transposed; rows `stride` elements apart. */
struct Weights {
  const uint16_t* data;
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

struct Kernels {
  /** Around the products of a thread. */
  void (*begin)();
  void (*end)();
  /** pack (tiles of depth, kPieces, 16, 32) is set from x (rows, k), of which there are at most 16; the rest is 0. */
  void (*pack_left)(uint16_t* pack, const float* x, int64_t stride, int64_t rows, int64_t k);
  /** pack (tiles of depth, 2, 16 pairs of depth, 16 columns, 2) is set from at most 32 columns of w; the rest is 0. */
  void (*pack_right)(uint16_t* pack, Weights w, int64_t k, int64_t cols);
  /** The left pack is of two tiles' rows, one after the other. */
  void (*multiply)(const BlockProduct& product);
};

/** Null where the processor has no such units, or the system does not lend them to this process. */
const Kernels* select_kernels();

}  // namespace adapter_lab::tiles
