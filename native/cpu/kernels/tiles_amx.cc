// See tiles.h. Compiled with the units' own flags, and uses no inline function of any library. What tiles read and
// write the compiler does not see: packing and multiplying are calls from outside, and the asm statements say the rest.
#include <immintrin.h>

#include "cpu/kernels/nf4_scale.h"
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

void pack_left(uint16_t* pack, const float* x, int64_t stride, int64_t rows, int64_t k, int64_t pieces) {
  for (int64_t depth = 0; depth < k; depth += kDepth, pack += pieces * kHalves) {
    const __mmask16 low = first_lanes(k - depth), high = first_lanes(k - depth - 16);
    for (int64_t row = 0; row < kRows; ++row) {
      const float* from = x + row * stride + depth;
      __m512 first = _mm512_maskz_loadu_ps(row < rows ? low : 0, from);
      __m512 second = _mm512_maskz_loadu_ps(row < rows ? high : 0, from + 16);
      for (int64_t piece = 0; piece < pieces; ++piece)
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
/** A line holds four tiles' codes of a row. */
constexpr int64_t kNf4Ahead = 4 * kDepth;

/** A tile from at most 16 rows of transposed weights and 32 of their columns. */
void pack_turned(uint16_t* pack, const uint16_t* w, int64_t stride, int64_t depth, int64_t cols) {
  const auto lanes = depth >= kDepth ? 0xffffffffu : (1u << depth) - 1;
  __m512i rows[16];
  for (int64_t col = 0; col < kRows; ++col) {
    rows[col] = _mm512_maskz_loadu_epi16(col < cols ? lanes : 0, w + col * stride);
    _mm_prefetch(w + col * stride + kAhead * kDepth, _MM_HINT_T0);
  }
  turn_over(pack, rows);
}

/** Two rows of 16 columns are woven into one of pairs. */
__m512i weave(__m256i even, __m256i odd) {
  return _mm512_or_si512(_mm512_cvtepu16_epi32(even), _mm512_slli_epi32(_mm512_cvtepu16_epi32(odd), 16));
}

/** The same from weights that lie as they are multiplied. */
void pack_columns(uint16_t* pack, const uint16_t* w, int64_t stride, int64_t depth, int64_t cols) {
  const __mmask16 lanes = first_lanes(cols);
  for (int64_t row = 0; row < kDepth; row += 2) {
    const __m256i even = _mm256_maskz_loadu_epi16(row < depth ? lanes : 0, w + row * stride);
    const __m256i odd = _mm256_maskz_loadu_epi16(row + 1 < depth ? lanes : 0, w + (row + 1) * stride);
    _mm_prefetch(w + (row + kAhead * kDepth) * stride, _MM_HINT_T0);
    _mm_prefetch(w + (row + 1 + kAhead * kDepth) * stride, _MM_HINT_T0);
    _mm512_store_si512(pack + row / 2 * kDepth, weave(even, odd));
  }
}

void pack_right(uint16_t* pack, Weights w, int64_t k, int64_t cols) {
  const auto pack_tile = w.transposed ? pack_turned : pack_columns;
  for (int64_t depth = 0; depth < k; depth += kDepth)
    for (int64_t col = 0; col < kBlock; col += kRows, pack += kHalves)
      pack_tile(pack, w.data + (w.transposed ? col * w.stride + depth : depth * w.stride + col), w.stride, k - depth,
                cols - col);
}

alignas(64) const float kNf4Values[16] = ADAPTER_LAB_NF4_BOOK;

/** Two pieces of 32 values of NF4. */
struct Nf4Pair {
  __m512i high, low;
};

Nf4View skip(Nf4View w, int64_t elements) { return {w.matrix, w.first + elements}; }

/** The values of a block's codes, twice: a permutation of halves looks at five bits of a code. */
Nf4Pair book_of(Nf4View w) {
  const float scale = nf4_scale(*w.matrix, w.first >> w.matrix->block_shift);
  __m512 values = _mm512_mul_ps(_mm512_load_ps(kNf4Values), _mm512_set1_ps(scale)), same = values;
  const __m512i high = take_piece(values, same);
  return {high, take_piece(values, same)};
}

Nf4Pair look_up(Nf4Pair book, Nf4View w) {
  const __m512i pairs =
      _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(w.matrix->codes + (w.first >> 1))));
  const __m512i codes = _mm512_or_si512(_mm512_srli_epi32(pairs, 4), _mm512_slli_epi32(pairs, 16));
  return {_mm512_permutexvar_epi16(codes, book.high), _mm512_permutexvar_epi16(codes, book.low)};
}

/** Of one block. */
Nf4Pair read_nf4(Nf4View w) { return look_up(book_of(w), w); }

void fetch_nf4(Nf4View w) { _mm_prefetch(w.matrix->codes + (w.first >> 1), _MM_HINT_T0); }

/** A tile's two pieces from at most 16 rows of transposed weights and 32 of their columns. */
void pack_nf4_rows(uint16_t* pack, Nf4View w, int64_t stride, int64_t cols) {
  __m512i high[16], low[16];
  for (int64_t col = 0; col < kRows; ++col, w.first += stride) {
    Nf4Pair pair = {_mm512_setzero_si512(), _mm512_setzero_si512()};
    if (col < cols) pair = read_nf4(w);
    fetch_nf4(skip(w, kNf4Ahead));
    high[col] = pair.high;
    low[col] = pair.low;
  }
  turn_over(pack, high);
  turn_over(pack + 2 * kHalves, low);
}

/** A row of two tiles from 32 columns of two rows. */
void weave_row(uint16_t* pack, __m512i even, __m512i odd) {
  _mm512_store_si512(pack, weave(_mm512_castsi512_si256(even), _mm512_castsi512_si256(odd)));
  _mm512_store_si512(pack + kHalves, weave(_mm512_extracti64x4_epi64(even, 1), _mm512_extracti64x4_epi64(odd, 1)));
}

/** Two tiles' from at most 32 rows of weights that lie as they are multiplied, and 32 of their columns. */
void pack_nf4_columns(uint16_t* pack, Nf4View w, int64_t stride, int64_t depth) {
  for (int64_t row = 0; row < kDepth; row += 2, pack += kDepth) {
    Nf4Pair even = {_mm512_setzero_si512(), _mm512_setzero_si512()}, odd = even;
    if (row < depth) even = read_nf4(skip(w, row * stride));
    if (row + 1 < depth) odd = read_nf4(skip(w, (row + 1) * stride));
    fetch_nf4(skip(w, (row + kDepth) * stride));
    fetch_nf4(skip(w, (row + 1 + kDepth) * stride));
    weave_row(pack, even.high, odd.high);
    weave_row(pack + 2 * kHalves, even.low, odd.low);
  }
}

void pack_nf4(uint16_t* pack, Nf4Weights w, int64_t k, int64_t cols) {
  for (int64_t depth = 0; depth < k; depth += kDepth, pack += kOfNf4.right * 2 * kHalves) {
    if (!w.transposed) {
      pack_nf4_columns(pack, skip(w.data, depth * w.stride), w.stride, k - depth);
      continue;
    }
    for (int64_t col = 0; col < kBlock; col += kRows)
      pack_nf4_rows(pack + col / kRows * kHalves, skip(w.data, col * w.stride + depth), w.stride, cols - col);
  }
}

/** A tile of the left pack, which is too long for the first cache, is asked for one step ahead. */
void fetch(const uint16_t* tile) {
  for (int64_t row = 0; row < kRows; ++row) _mm_prefetch(tile + row * kDepth, _MM_HINT_T0);
}

// Tiles 0 to 3 are the block, 4 and 5 come from the left, 6 and 7 from the right.
void load_right(const uint16_t* tile) {
  _tile_loadd(6, tile, kRowBytes);
  _tile_loadd(7, tile + kHalves, kRowBytes);
}

/** A piece of 32 rows times what lies in tiles 6 and 7; `ahead` is asked for. */
void add_piece(const uint16_t* left, const uint16_t* below, int64_t ahead) {
  _tile_loadd(4, left, kRowBytes);
  _tile_dpbf16ps(0, 4, 6);
  _tile_dpbf16ps(1, 4, 7);
  fetch(left + ahead);
  _tile_loadd(5, below, kRowBytes);
  _tile_dpbf16ps(2, 5, 6);
  _tile_dpbf16ps(3, 5, 7);
  fetch(below + ahead);
}

void add_products(const uint16_t* left, const uint16_t* right, int64_t tiles) {
  const uint16_t* below = left + tiles * kOfBf16.left * kHalves;
  for (int64_t depth = 0; depth < tiles; ++depth, right += 2 * kHalves) {
    load_right(right);
    for (int64_t piece = 0; piece < kOfBf16.left; ++piece, left += kHalves, below += kHalves)
      add_piece(left, below, kOfBf16.left * kHalves);
  }
}

void add_nf4_products(const uint16_t* left, const uint16_t* right, int64_t tiles) {
  constexpr int64_t kLeft = kOfNf4.left * kHalves, kRight = kOfNf4.right * 2 * kHalves;
  const uint16_t* below = left + tiles * kLeft;
  for (int64_t depth = 0; depth < tiles; ++depth, left += kLeft, below += kLeft, right += kRight) {
    load_right(right);
    add_piece(left + kHalves, below + kHalves, kLeft);
    add_piece(left, below, kLeft);
    load_right(right + 2 * kHalves);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
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

template <void (*add)(const uint16_t* left, const uint16_t* right, int64_t tiles)>
void multiply(const BlockProduct& x) {
  asm volatile("" : : : "memory");
  const bool is_whole = x.rows == kBlock && x.cols == kBlock;
  const bool is_sum = is_whole && x.alpha == 1.0f && x.beta == 1.0f;
  if (is_sum)
    load_block(x.c, x.c_stride);
  else
    zero_block();
  add(x.left, x.right, x.tiles);
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
  const int64_t in_block = (int64_t{1} << w.matrix->block_shift) - 1;
  for (int64_t row = 0; row < rows; ++row, w.first += stride) {
    Nf4Pair book = book_of(w);
    for (int64_t depth = 0; depth < k; depth += kDepth, high += kDepth, low += kDepth) {
      const Nf4View part = skip(w, depth);
      if ((part.first & in_block) == 0) book = book_of(part);
      const Nf4Pair pair = look_up(book, part);
      _mm512_store_si512(high, pair.high);
      _mm512_store_si512(low, pair.low);
    }
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
      const int64_t block = w.first >> w.matrix->block_shift;
      const Nf4Pair book = book_of(w);
      for (int64_t tile = 0; tile < tiles; ++tile) {
        const Nf4View part = skip(w, tile * kDepth);
        const bool is_other = part.first >> w.matrix->block_shift != block;
        const Nf4Pair pair = look_up(is_other ? book_of(part) : book, part);
        _mm512_store_si512(high[tile] + row * kDepth, pair.high);
        _mm512_store_si512(low[tile] + row * kDepth, pair.low);
      }
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

template <Pieces Of>
void multiply_rows(const RowsProduct& p) {
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

void multiply_any_rows(const RowsProduct& whole) {
  for (int64_t row = 0; row < whole.w_rows; row += kWeightRows) {
    RowsProduct p = whole;
    p.y += row;
    p.w += row * p.w_stride;
    if (p.low) p.low += row * p.w_stride;
    p.nf4.first += row * p.w_stride;
    p.w_rows = whole.w_rows - row < kWeightRows ? whole.w_rows - row : kWeightRows;
    p.low || p.nf4.matrix ? multiply_rows<kOfNf4>(p) : multiply_rows<kOfBf16>(p);
  }
}

}  // namespace

extern const Kernels kernels;
const Kernels kernels{begin,
                      end,
                      pack_left,
                      pack_right,
                      pack_nf4,
                      multiply<add_products>,
                      multiply<add_nf4_products>,
                      pack_rows,
                      widen_nf4,
                      multiply_any_rows};

}  // namespace adapter_lab::tiles::amx
