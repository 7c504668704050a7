// See tiles.h. Compiled with the units' own flags, and uses no inline function of any library. What tiles read and
// write the compiler does not see: packing and multiplying are calls from outside, and the asm statements say the rest.
#include <immintrin.h>

#include "cpu/kernels/tiles.h"

namespace adapter_lab::tiles::amx {
namespace {

constexpr int64_t kRowBytes = 64;

struct alignas(64) TileShapes {
  uint8_t palette = 1;
  uint8_t start_row = 0;
  uint8_t unused[14] = {};
  uint16_t row_bytes[16] = {};
  uint8_t rows[16] = {};
};

void begin() {
  TileShapes shapes;
  for (int tile = 0; tile < 8; ++tile) {
    shapes.row_bytes[tile] = kRowBytes;
    shapes.rows[tile] = kRows;
  }
  asm volatile("" : : "r"(&shapes) : "memory");
  _tile_loadconfig(&shapes);
}

void end() { _tile_release(); }

__mmask16 first_lanes(int64_t count) {
  return static_cast<__mmask16>(count >= 16 ? 0xffff : count <= 0 ? 0 : (1 << count) - 1);
}

__m512 widen(__m256i halves) { return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16)); }

/** The bf16 nearest to each of 32 floats, which become what is left of them. */
__m512i take_piece(__m512& first, __m512& second) {
  const __m512i piece = (__m512i)_mm512_cvtne2ps_pbh(second, first);
  first = _mm512_sub_ps(first, widen(_mm512_castsi512_si256(piece)));
  second = _mm512_sub_ps(second, widen(_mm512_extracti64x4_epi64(piece, 1)));
  return piece;
}

void pack_left(uint16_t* pack, const float* x, int64_t stride, int64_t rows, int64_t k) {
  for (int64_t depth = 0; depth < k; depth += kDepth, pack += kPieces * kHalves) {
    const __mmask16 low = first_lanes(k - depth), high = first_lanes(k - depth - 16);
    for (int64_t row = 0; row < kRows; ++row) {
      const float* from = x + row * stride + depth;
      __m512 first = _mm512_maskz_loadu_ps(row < rows ? low : 0, from);
      __m512 second = _mm512_maskz_loadu_ps(row < rows ? high : 0, from + 16);
      for (int64_t piece = 0; piece < kPieces; ++piece)
        _mm512_store_si512(pack + piece * kHalves + row * kDepth, take_piece(first, second));
    }
  }
}

/** A tile of 16 rows of 16 pairs is turned over. */
void turn_over(uint16_t* to, __m512i (&x)[16]) {
  __m512i y[16];
  for (int i = 0; i < 16; i += 2) {
    y[i] = _mm512_unpacklo_epi32(x[i], x[i + 1]);
    y[i + 1] = _mm512_unpackhi_epi32(x[i], x[i + 1]);
  }
  for (int i = 0; i < 16; i += 4) {
    x[i] = _mm512_unpacklo_epi64(y[i], y[i + 2]);
    x[i + 1] = _mm512_unpackhi_epi64(y[i], y[i + 2]);
    x[i + 2] = _mm512_unpacklo_epi64(y[i + 1], y[i + 3]);
    x[i + 3] = _mm512_unpackhi_epi64(y[i + 1], y[i + 3]);
  }
  for (int i = 0; i < 16; i += 8)
    for (int j = i; j < i + 4; ++j) {
      y[j] = _mm512_shuffle_i32x4(x[j], x[j + 4], 0x88);
      y[j + 4] = _mm512_shuffle_i32x4(x[j], x[j + 4], 0xdd);
    }
  for (int j = 0; j < 8; ++j) {
    _mm512_store_si512(to + j * kDepth, _mm512_shuffle_i32x4(y[j], y[j + 8], 0x88));
    _mm512_store_si512(to + (j + 8) * kDepth, _mm512_shuffle_i32x4(y[j], y[j + 8], 0xdd));
  }
}

/** Weights come from memory, in more streams than the processor follows by itself: lines are asked for so many tiles
 * ahead. */
constexpr int64_t kAhead = 4;

/** A tile from at most 16 rows of transposed weights and 32 of their columns. */
void pack_rows(uint16_t* pack, const uint16_t* w, int64_t stride, int64_t depth, int64_t cols) {
  const auto lanes = depth >= kDepth ? 0xffffffffu : (1u << depth) - 1;
  __m512i rows[16];
  for (int64_t col = 0; col < kRows; ++col) {
    rows[col] = _mm512_maskz_loadu_epi16(col < cols ? lanes : 0, w + col * stride);
    _mm_prefetch(w + col * stride + kAhead * kDepth, _MM_HINT_T0);
  }
  turn_over(pack, rows);
}

/** The same from weights that lie as they are multiplied: two rows are woven into one. */
void pack_columns(uint16_t* pack, const uint16_t* w, int64_t stride, int64_t depth, int64_t cols) {
  const __mmask16 lanes = first_lanes(cols);
  for (int64_t row = 0; row < kDepth; row += 2) {
    const __m256i even = _mm256_maskz_loadu_epi16(row < depth ? lanes : 0, w + row * stride);
    const __m256i odd = _mm256_maskz_loadu_epi16(row + 1 < depth ? lanes : 0, w + (row + 1) * stride);
    _mm_prefetch(w + (row + kAhead * kDepth) * stride, _MM_HINT_T0);
    _mm_prefetch(w + (row + 1 + kAhead * kDepth) * stride, _MM_HINT_T0);
    _mm512_store_si512(pack + row / 2 * kDepth, _mm512_or_si512(_mm512_cvtepu16_epi32(even),
                                                                    _mm512_slli_epi32(_mm512_cvtepu16_epi32(odd), 16)));
  }
}

void pack_right(uint16_t* pack, Weights w, int64_t k, int64_t cols) {
  const auto pack_tile = w.transposed ? pack_rows : pack_columns;
  for (int64_t depth = 0; depth < k; depth += kDepth)
    for (int64_t col = 0; col < kBlock; col += kRows, pack += kHalves)
      pack_tile(pack, w.data + (w.transposed ? col * w.stride + depth : depth * w.stride + col), w.stride, k - depth,
                cols - col);
}

/** A tile of the left pack, which is too long for the first cache, is asked for one step ahead. */
void fetch(const uint16_t* tile) {
  for (int64_t row = 0; row < kRows; ++row) _mm_prefetch(tile + row * kDepth, _MM_HINT_T0);
}

// Tiles 0 to 3 are the block, 4 and 5 come from the left, 6 and 7 from the right.
void add_products(const uint16_t* left, const uint16_t* right, int64_t tiles) {
  const uint16_t* below = left + tiles * kPieces * kHalves;
  for (int64_t depth = 0; depth < tiles; ++depth, right += 2 * kHalves) {
    _tile_loadd(6, right, kRowBytes);
    _tile_loadd(7, right + kHalves, kRowBytes);
    for (int64_t piece = 0; piece < kPieces; ++piece, left += kHalves, below += kHalves) {
      _tile_loadd(4, left, kRowBytes);
      _tile_dpbf16ps(0, 4, 6);
      _tile_dpbf16ps(1, 4, 7);
      fetch(left + kPieces * kHalves);
      _tile_loadd(5, below, kRowBytes);
      _tile_dpbf16ps(2, 5, 6);
      _tile_dpbf16ps(3, 5, 7);
      fetch(below + kPieces * kHalves);
    }
  }
}

void zero_block() {
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
}

void load_block(const float* c, int64_t stride) {
  _tile_loadd(0, c, 4 * stride);
  _tile_loadd(1, c + kRows, 4 * stride);
  _tile_loadd(2, c + kRows * stride, 4 * stride);
  _tile_loadd(3, c + kRows * stride + kRows, 4 * stride);
}

void store_block(float* c, int64_t stride) {
  _tile_stored(0, c, 4 * stride);
  _tile_stored(1, c + kRows, 4 * stride);
  _tile_stored(2, c + kRows * stride, 4 * stride);
  _tile_stored(3, c + kRows * stride + kRows, 4 * stride);
  asm volatile("" : : : "memory");
}

void multiply(const BlockProduct& x) {
  asm volatile("" : : : "memory");
  const bool is_whole = x.rows == kBlock && x.cols == kBlock;
  const bool is_sum = is_whole && x.alpha == 1.0f && x.beta == 1.0f;
  if (is_sum)
    load_block(x.c, x.c_stride);
  else
    zero_block();
  add_products(x.left, x.right, x.tiles);
  if (is_sum || (is_whole && x.alpha == 1.0f && x.beta == 0.0f)) return store_block(x.c, x.c_stride);
  alignas(64) float block[kBlock * kBlock];
  store_block(block, kBlock);
  const __m512 alpha = _mm512_set1_ps(x.alpha), beta = _mm512_set1_ps(x.beta);
  for (int64_t row = 0; row < x.rows; ++row)
    for (int64_t col = 0; col < x.cols; col += kRows) {
      const __mmask16 lanes = first_lanes(x.cols - col);
      float* c = x.c + row * x.c_stride + col;
      __m512 y = _mm512_mul_ps(alpha, _mm512_load_ps(block + row * kBlock + col));
      if (x.beta != 0.0f) y = _mm512_fmadd_ps(beta, _mm512_maskz_loadu_ps(lanes, c), y);
      _mm512_mask_storeu_ps(c, lanes, y);
    }
}

}  // namespace

extern const Kernels kernels;
const Kernels kernels{begin, end, pack_left, pack_right, multiply};

}  // namespace adapter_lab::tiles::amx
