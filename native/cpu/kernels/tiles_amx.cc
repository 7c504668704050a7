// See tiles.h. Compiled with the units' own flags, and uses no inline function of any library. What tiles read and
// write the compiler does not see: packing and multiplying are calls from outside, and the asm statements say the rest.
#include "cpu/kernels/tiles_amx.h"

namespace adapter_lab::tiles::amx {
namespace {

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
                      multiply_rows};

}  // namespace adapter_lab::tiles::amx
