// What products on AMX's tiles have in common: pieces of floats, tiles turned over, values of NF4. See tiles.h. Only
// files that are compiled with the units' own flags include it; its functions are their own, never shared.
#pragma once
#include <immintrin.h>

#include "cpu/kernels/nf4_values.h"
#include "cpu/kernels/tiles.h"

namespace adapter_lab::tiles::amx {

/** Of a tile. */
constexpr int64_t kRowBytes = 64;

static inline __mmask16 first_lanes(int64_t count) {
  return static_cast<__mmask16>(count >= 16 ? 0xffff : count <= 0 ? 0 : (1 << count) - 1);
}

static inline __m512 widen(__m256i halves) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
}

/** The bf16 nearest to each of 32 floats, which become what is left of them. */
static inline __m512i take_piece(__m512& first, __m512& second) {
  const __m512i piece = (__m512i)_mm512_cvtne2ps_pbh(second, first);
  first = _mm512_sub_ps(first, widen(_mm512_castsi512_si256(piece)));
  second = _mm512_sub_ps(second, widen(_mm512_extracti64x4_epi64(piece, 1)));
  return piece;
}

/** A tile of 16 rows of 16 pairs is turned over. */
static inline void turn_over(uint16_t* to, __m512i (&x)[16]) {
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
/** A line holds four tiles' codes of a row. */
constexpr int64_t kNf4Ahead = 4 * kDepth;

/** Two pieces of 32 values of NF4. */
struct Nf4Pair {
  __m512i high, low;
};

static inline Nf4View skip(Nf4View w, int64_t elements) { return {w.matrix, w.first + elements}; }

/** The values of a block's codes, twice: a permutation of halves looks at five bits of a code. */
static inline Nf4Pair book_of(Nf4View w) {
  const float scale = nf4_scale(*w.matrix, w.first >> w.matrix->block_shift);
  __m512 values = _mm512_mul_ps(_mm512_load_ps(kNf4Values), _mm512_set1_ps(scale)), same = values;
  const __m512i high = take_piece(values, same);
  return {high, take_piece(values, same)};
}

static inline Nf4Pair look_up(Nf4Pair book, Nf4View w) {
  const __m512i pairs =
      _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(w.matrix->codes + (w.first >> 1))));
  const __m512i codes = _mm512_or_si512(_mm512_srli_epi32(pairs, 4), _mm512_slli_epi32(pairs, 16));
  return {_mm512_permutexvar_epi16(codes, book.high), _mm512_permutexvar_epi16(codes, book.low)};
}

/** Of one block. */
static inline Nf4Pair read_nf4(Nf4View w) { return look_up(book_of(w), w); }

static inline void fetch_nf4(Nf4View w) { _mm_prefetch(w.matrix->codes + (w.first >> 1), _MM_HINT_T0); }

/** A tile of the left pack, which is too long for the first cache, is asked for one step ahead. */
static inline void fetch(const uint16_t* tile) {
  for (int64_t row = 0; row < kRows; ++row) _mm_prefetch(tile + row * kDepth, _MM_HINT_T0);
}

static inline void zero_block() {
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
}

// In tiles_amx_rows.cc.
void pack_rows(uint16_t* pack, const float* x, int64_t stride, int64_t rows, int64_t k, int64_t pieces);
void widen_nf4(uint16_t* high, uint16_t* low, Nf4View w, int64_t stride, int64_t rows, int64_t k);
void multiply_rows(const RowsProduct& product);

}  // namespace adapter_lab::tiles::amx
