// Products by rows, turned over: weights are read where they lie. See tiles.h and the head of tiles_amx.cc.
#include "cpu/kernels/tiles_amx.h"

namespace adapter_lab::tiles::amx {
namespace {

/** Up to so many rows are put into a tile of zeros one by one. */
constexpr int64_t kFewRows = 4;

void pack_few_rows(uint16_t* pack, const float* x, int64_t stride, int64_t rows, int64_t k, int64_t pieces) {
  const __m512i places = _mm512_setr_epi32(0, 16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240);
  for (int64_t i = 0; i < k / kDepth * pieces * kRows; ++i)
    _mm512_store_si512(pack + i * kDepth, _mm512_setzero_si512());
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t depth = 0; depth < k; depth += kDepth) {
      __m512 first = _mm512_loadu_ps(x + row * stride + depth), second = _mm512_loadu_ps(x + row * stride + depth + 16);
      uint16_t* const tile = pack + depth * pieces * kRows + 2 * row;
      for (int64_t piece = 0; piece < pieces; ++piece)
        _mm512_i32scatter_epi32(tile + piece * kHalves, places, take_piece(first, second), 4);
    }
}

/** Two pieces of a row's tiles, each `step` behind the one before it. */
void widen_row(uint16_t* high, uint16_t* low, int64_t step, Nf4View w, int64_t tiles) {
  const int64_t in_block = (int64_t{1} << w.matrix->block_shift) - 1;
  Nf4Pair book;
  for (int64_t tile = 0; tile < tiles; ++tile, w.first += kDepth, high += step, low += step) {
    if (tile == 0 || (w.first & in_block) == 0) book = book_of(w);
    const Nf4Pair pair = look_up(book, w);
    _mm512_store_si512(high, pair.high);
    _mm512_store_si512(low, pair.low);
  }
}

/** Rows of w from one on; their lines come from memory in as many streams if `is_far`. */
struct WeightRows {
  const uint16_t* w;
  const uint16_t* low;
  int64_t stride;
  int64_t tiles;  // of depth
  bool is_far;

  WeightRows(const RowsProduct& p, int64_t row, bool is_far)
      : w(p.w + row * p.w_stride),
        low(p.low ? p.low + row * p.w_stride : nullptr),
        stride(p.w_stride),
        tiles(p.tiles),
        is_far(is_far) {}
  /** Of a tile at that depth; at a row's end those that are multiplied next. */
  void ask_ahead(const uint16_t* tile, int64_t depth) const {
    if (!is_far) return;
    tile += kAhead * kDepth;
    if (depth + kAhead >= tiles) tile += kWeightRows * stride - tiles * kDepth;
    for (int64_t row = 0; row < kRows; ++row) _mm_prefetch(tile + row * stride, _MM_HINT_T0);
  }
};

/** Two tiles of w's rows, in 4 and 5. */
void load_weights(const uint16_t* tile, int64_t stride) {
  _tile_loadd(4, tile, 2 * stride);
  _tile_loadd(5, tile + kRows * stride, 2 * stride);
}

/** Two tiles of w's rows times two packs of x: tiles 0 to 3 are set, the second pack's are 1 and 3. */
template <Pieces Of>
void multiply_pair(WeightRows rows, const uint16_t* x, int64_t tiles) {
  constexpr int64_t kPack = Of.left * kHalves;
  const uint16_t* beside = x + tiles * kPack;
  zero_block();
  for (int64_t depth = 0; depth < tiles; ++depth, x += kPack, beside += kPack) {
    const uint16_t* w = rows.w + depth * kDepth;
    load_weights(w, rows.stride);
    rows.ask_ahead(w, depth);
    rows.ask_ahead(w + kRows * rows.stride, depth);
    // The largest piece last: it is what a second piece of w is multiplied with.
    for (int64_t piece = Of.left - 1; piece >= 0; --piece) {
      _tile_loadd(6, x + piece * kHalves, kRowBytes);
      _tile_dpbf16ps(0, 4, 6);
      _tile_dpbf16ps(2, 5, 6);
      fetch(x + kPack + piece * kHalves);
      _tile_loadd(7, beside + piece * kHalves, kRowBytes);
      _tile_dpbf16ps(1, 4, 7);
      _tile_dpbf16ps(3, 5, 7);
      fetch(beside + kPack + piece * kHalves);
    }
    if (Of.right == 1) continue;
    load_weights(rows.low + depth * kDepth, rows.stride);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(3, 5, 7);
  }
}

/** A tile of w's rows times the pieces of x in tiles 5 to 7, the largest one last. The compiler wants numbers of tiles
 * spelt out. */
#define ADAPTER_LAB_ADD_WEIGHTS(sum)                                        \
  do {                                                                      \
    const int64_t at = (sum) * kRows * rows.stride + depth * kDepth;        \
    _tile_loadd(4, rows.w + at, 2 * rows.stride);                           \
    rows.ask_ahead(rows.w + at, depth);                                     \
    if (Of.left == 3) _tile_dpbf16ps(sum, 4, 7);                            \
    _tile_dpbf16ps(sum, 4, 6);                                              \
    _tile_dpbf16ps(sum, 4, 5);                                              \
    if (Of.right == 2) {                                                    \
      _tile_loadd(4, rows.low + at, 2 * rows.stride);                       \
      _tile_dpbf16ps(sum, 4, 5);                                            \
    }                                                                       \
  } while (false)

/** Up to four tiles of w's rows times one pack of x: tiles 0 to 3 are set. */
template <Pieces Of>
void multiply_single(WeightRows rows, int64_t w_rows, const uint16_t* x, int64_t tiles) {
  zero_block();
  for (int64_t depth = 0; depth < tiles; ++depth, x += Of.left * kHalves) {
    _tile_loadd(5, x, kRowBytes);
    _tile_loadd(6, x + kHalves, kRowBytes);
    if (Of.left == 3) _tile_loadd(7, x + 2 * kHalves, kRowBytes);
    ADAPTER_LAB_ADD_WEIGHTS(0);
    if (w_rows > kRows) ADAPTER_LAB_ADD_WEIGHTS(1);
    if (w_rows > 2 * kRows) ADAPTER_LAB_ADD_WEIGHTS(2);
    if (w_rows > 3 * kRows) ADAPTER_LAB_ADD_WEIGHTS(3);
  }
}

#undef ADAPTER_LAB_ADD_WEIGHTS

/** So many tiles of depth are widened at a time: as deep as the smallest block. */
constexpr int64_t kWidened = 2;

/** Two pieces of one tile of w's rows, kWidened tiles deep or less. */
struct WidenedTile {
  alignas(64) uint16_t high[kWidened][kHalves];
  alignas(64) uint16_t low[kWidened][kHalves];

  void widen(Nf4View w, int64_t stride, int64_t tiles) {
    // What was here has been read.
    asm volatile("" : : : "memory");
    for (int64_t row = 0; row < kRows; ++row, w.first += stride) {
      fetch_nf4(skip(w, kNf4Ahead));
      widen_row(high[0] + row * kDepth, low[0] + row * kDepth, kHalves, w, tiles);
    }
    asm volatile("" : : "r"(this) : "memory");
  }
};

#define ADAPTER_LAB_ADD_WIDENED(sum, of)                                    \
  for (int64_t tile = 0; tile < count; ++tile) {                            \
    _tile_loadd(5, x + tile * kOfNf4.left * kHalves, kRowBytes);            \
    _tile_loadd(6, x + (tile * kOfNf4.left + 1) * kHalves, kRowBytes);      \
    _tile_loadd(4, (of).high[tile], kRowBytes);                             \
    _tile_dpbf16ps(sum, 4, 6);                                              \
    _tile_dpbf16ps(sum, 4, 5);                                              \
    _tile_loadd(4, (of).low[tile], kRowBytes);                              \
    _tile_dpbf16ps(sum, 4, 5);                                              \
  }

/** The same of weights that are widened as they are read: beside one pack of x that is most of the work. */
void multiply_widening(Nf4View w, int64_t stride, int64_t w_rows, const uint16_t* x, int64_t tiles) {
  WidenedTile widened[2];
  zero_block();
  for (int64_t depth = 0; depth < tiles; depth += kWidened, x += kWidened * kOfNf4.left * kHalves) {
    const int64_t count = tiles - depth < kWidened ? tiles - depth : kWidened;
    const Nf4View part = skip(w, depth * kDepth);
    widened[0].widen(part, stride, count);
    ADAPTER_LAB_ADD_WIDENED(0, widened[0]);
    if (w_rows <= kRows) continue;
    widened[1].widen(skip(part, kRows * stride), stride, count);
    ADAPTER_LAB_ADD_WIDENED(1, widened[1]);
    if (w_rows <= 2 * kRows) continue;
    widened[0].widen(skip(part, 2 * kRows * stride), stride, count);
    ADAPTER_LAB_ADD_WIDENED(2, widened[0]);
    if (w_rows <= 3 * kRows) continue;
    widened[1].widen(skip(part, 3 * kRows * stride), stride, count);
    ADAPTER_LAB_ADD_WIDENED(3, widened[1]);
  }
}

#undef ADAPTER_LAB_ADD_WIDENED

/** Results of 16 of w's rows, from `row` on, and of rows of x from `first` on, as tiles stored them. */
void put_turned(const RowsProduct& p, const float* sums, int64_t first, int64_t row) {
  __m512i x[kRows];
  alignas(64) float turned[kRows * kRows];
  for (int64_t i = 0; i < kRows; ++i) x[i] = _mm512_load_si512(sums + i * kRows);
  turn_over(reinterpret_cast<uint16_t*>(turned), x);
  const __m512 alpha = _mm512_set1_ps(p.alpha);
  for (int64_t i = 0; i < kRows && first + i < p.rows; ++i) {
    float* y = p.y + (first + i) * p.y_stride + row;
    __m512 result = _mm512_mul_ps(alpha, _mm512_load_ps(turned + i * kRows));
    if (p.accumulate) result = _mm512_add_ps(result, _mm512_loadu_ps(y));
    _mm512_storeu_ps(y, result);
  }
}

void store_tiles(float* sums) {
  _tile_stored(0, sums, kRowBytes);
  _tile_stored(1, sums + kRows * kRows, kRowBytes);
  _tile_stored(2, sums + 2 * kRows * kRows, kRowBytes);
  _tile_stored(3, sums + 3 * kRows * kRows, kRowBytes);
  asm volatile("" : : : "memory");
}

/** Of up to kWeightRows of w's rows. */
template <Pieces Of>
void multiply_group(const RowsProduct& p) {
  asm volatile("" : : : "memory");
  const int64_t pack = p.tiles * Of.left * kHalves;
  alignas(64) float sums[4 * kRows * kRows];
  int64_t first = 0;
  // Pairs of packs are faster, one alone needs no second pack.
  for (; first + kRows < p.rows && p.w_rows % kBlock == 0; first += 2 * kRows)
    for (int64_t row = 0; row < p.w_rows; row += kBlock) {
      multiply_pair<Of>({p, row, first == 0}, p.x + first / kRows * pack, p.tiles);
      store_tiles(sums);
      for (int64_t i = 0; i < 4; ++i)
        put_turned(p, sums + i * kRows * kRows, first + i % 2 * kRows, row + i / 2 * kRows);
    }
  for (; first < p.rows; first += kRows) {
    if (p.nf4.matrix)
      multiply_widening(p.nf4, p.w_stride, p.w_rows, p.x, p.tiles);
    else
      multiply_single<Of>({p, 0, first == 0}, p.w_rows, p.x + first / kRows * pack, p.tiles);
    store_tiles(sums);
    for (int64_t row = 0; row < p.w_rows; row += kRows) put_turned(p, sums + row * kRows, first, row);
  }
}

}  // namespace

void pack_rows(uint16_t* pack, const float* x, int64_t stride, int64_t rows, int64_t k, int64_t pieces) {
  if (rows <= kFewRows) return pack_few_rows(pack, x, stride, rows, k, pieces);
  for (int64_t depth = 0; depth < k; depth += kDepth) {
    __m512 first[kRows], second[kRows];
    for (int64_t row = 0; row < kRows; ++row) {
      const __mmask16 lanes = row < rows ? 0xffff : 0;
      first[row] = _mm512_maskz_loadu_ps(lanes, x + row * stride + depth);
      second[row] = _mm512_maskz_loadu_ps(lanes, x + row * stride + depth + 16);
    }
    for (int64_t piece = 0; piece < pieces; ++piece, pack += kHalves) {
      __m512i halves[kRows];
      for (int64_t row = 0; row < kRows; ++row) halves[row] = take_piece(first[row], second[row]);
      turn_over(pack, halves);
    }
  }
}

void widen_nf4(uint16_t* high, uint16_t* low, Nf4View w, int64_t stride, int64_t rows, int64_t k) {
  for (int64_t row = 0; row < rows; ++row, w.first += stride, high += k, low += k)
    widen_row(high, low, kDepth, w, k / kDepth);
}

void multiply_rows(const RowsProduct& whole) {
  for (int64_t row = 0; row < whole.w_rows; row += kWeightRows) {
    RowsProduct p = whole;
    p.y += row;
    p.w_rows = whole.w_rows - row < kWeightRows ? whole.w_rows - row : kWeightRows;
    if (p.nf4.matrix)
      p.nf4.first += row * p.w_stride;
    else
      p.w += row * p.w_stride;
    if (p.low) p.low += row * p.w_stride;
    p.low || p.nf4.matrix ? multiply_group<kOfNf4>(p) : multiply_group<kOfBf16>(p);
  }
}

}  // namespace adapter_lab::tiles::amx
