// Products of matrices that lie in the first two caches: attention's tiles, and the parts that a large product is cut
// into. The left operand may be strided either way, so it may be a transpose; the right one has contiguous rows, or is
// packed in panels. A result is one sum in the order of k, whatever rows and columns are computed beside it.
#pragma once
#include "cpu/kernels/convert.h"
#include "cpu/kernels/kernels.h"
#include "cpu/kernels/vector.h"

namespace adapter_lab::ADAPTER_LAB_LEVEL {

// As many results as registers hold beside the operands: tiles of one, two or three vectors, and so many rows.
#if defined(__AVX512F__)
constexpr int kVectors = 3;
constexpr int kTileRows[] = {0, 14, 14, 8};
#else
constexpr int kVectors = 2;
constexpr int kTileRows[] = {0, 6, 6};
#endif
constexpr int64_t kPanel = kVectors * kLanes;

/** Asks for the lines of far memory, one at each step of a product, in the order in which they lie. */
class FarLines {
 public:
  explicit FarLines(const SmallProduct& p) : next_(p.far), end_(p.far + kMostFar) { begin(); }

  bool all_asked() const { return next_ == end_; }
  const float* line() const { return line_; }
  /** From line() on so many lie one after the other. */
  int64_t in_row() const { return in_row_; }
  /** `count` of them have been asked for. */
  void pass(int64_t count) {
    line_ += count * kLineFloats;
    in_row_ -= count;
    if (in_row_ > 0) return;
    if (++row_ < next_->rows) return begin_row();
    ++next_;
    begin();
  }

 private:
  void begin() {
    while (next_ != end_ && next_->rows <= 0) ++next_;
    row_ = 0;
    if (next_ != end_) begin_row();
  }
  void begin_row() {
    line_ = next_->data + row_ * next_->stride;
    in_row_ = (next_->cols + kLineFloats - 1) / kLineFloats;
  }

  const Far* next_;
  const Far* end_;
  int64_t row_ = 0;
  const float* line_ = nullptr;
  int64_t in_row_ = 0;
};

/** One tile of Rows x (Vectors kLanes) results, kept in registers: if IsPart, of the first `last` columns of its last
 * vector, if Asks, while far memory is asked for. */
template <int Rows, int Vectors, bool IsPart, bool Asks>
static void product_tile(const SmallProduct& p, int64_t row, int64_t col, int64_t last, FarLines& far) {
  const auto load_vector = [=](const float* from, int v) {
    return IsPart && v == Vectors - 1 ? load_first(from + v * kLanes, last) : load(from + v * kLanes);
  };
  const float* a = p.a + row * p.a_row;
  const float* b = p.b + (p.b_panel ? col / kPanel * p.b_panel : col);
  const int64_t a_row = p.a_row;
  const int64_t a_col = p.a_col;
  const int64_t b_stride = p.b_stride;
  const int64_t c_stride = p.c_stride;
  float* c = p.c + row * c_stride + col;
  for (int r = 0; r < Rows; ++r)
    for (int v = 0; v < Vectors; ++v) __builtin_prefetch(c + r * c_stride + v * kLanes, 1);
  Vector sums[Rows][Vectors];
  for (int v = 0; v < Vectors; ++v) {
    const Vector right = load_vector(b, v);
    for (int r = 0; r < Rows; ++r) sums[r][v] = a[r * a_row] * right;
  }
  for (int64_t left = p.k - 1; left > 0;) {
    // The steps until the far memory's row ends; when all is asked for, one line again and again.
    const bool asks = Asks && !far.all_asked();
    const int64_t steps = asks && far.in_row() < left ? far.in_row() : left;
    const float* line = asks ? far.line() : b;
    for (int64_t step = 0; step < steps; ++step) {
      a += a_col;
      b += b_stride;
      Vector right[Vectors];
      for (int v = 0; v < Vectors; ++v) right[v] = load_vector(b, v);
      for (int r = 0; r < Rows; ++r)
        for (int v = 0; v < Vectors; ++v) sums[r][v] += a[r * a_row] * right[v];
      if (Asks) {
        __builtin_prefetch(line, 0, 2);
        line += asks ? kLineFloats : 0;
      }
    }
    if (asks) far.pass(steps);
    left -= steps;
  }
  const float alpha = p.alpha;
  const bool accumulate = p.accumulate;
  for (int r = 0; r < Rows; ++r)
    for (int v = 0; v < Vectors; ++v) {
      float* to = c + r * c_stride;
      const Vector before = accumulate ? load_vector(to, v) : Vector{};
      const Vector product = multiply_add(Vector{} + alpha, sums[r][v], before);
      if (IsPart && v == Vectors - 1)
        store_first(to + v * kLanes, product, last);
      else
        store(to + v * kLanes, product);
    }
}

/** `Rows` counts down to `rows`. */
template <int Rows, int Vectors, bool IsPart, bool Asks>
static void product_rows(const SmallProduct& p, int64_t row, int64_t rows, int64_t col, int64_t last, FarLines& far) {
  if constexpr (Rows > 0) {
    if (rows == Rows)
      product_tile<Rows, Vectors, IsPart, Asks>(p, row, col, last, far);
    else
      product_rows<Rows - 1, Vectors, IsPart, Asks>(p, row, rows, col, last, far);
  }
}

/** Rows [row, end) of the panel that begins with `col`, at most so many vectors wide. */
template <int Vectors>
static void product_panel(const SmallProduct& p, int64_t row, int64_t end, int64_t col, FarLines& far) {
  constexpr int kRows = kTileRows[Vectors];
  const int64_t last = p.n - col - (Vectors - 1) * kLanes;
  if constexpr (Vectors > 1)
    if (last <= 0) return product_panel<Vectors - 1>(p, row, end, col, far);
  while (row < end) {
    const int64_t left = end - row;
    // Two tiles share the last rows: few rows cannot hide a sum's latency.
    const int64_t rows = left >= 2 * kRows ? kRows : left > kRows ? (left + 1) / 2 : left;
    if (last < kLanes)
      product_rows<kRows, Vectors, true, false>(p, row, rows, col, last, far);
    else if (far.all_asked())
      product_rows<kRows, Vectors, false, false>(p, row, rows, col, kLanes, far);
    else
      product_rows<kRows, Vectors, false, true>(p, row, rows, col, kLanes, far);
    row += rows;
  }
}

/** So many rows of the left operand leave room for much else in a second cache of 512 KB. */
constexpr int64_t kBlockRows = 72;

static void small_product(const SmallProduct& p) {
  FarLines far(p);
  // Whole rows of results, where writing them takes most time; else rows that stay near for all panels.
  const int64_t rows = p.k <= kShortDepth ? kTileRows[kVectors] : kBlockRows;
  for (int64_t row = 0; row < p.m; row += rows)
    for (int64_t col = 0; col < p.n; col += kPanel)
      product_panel<kVectors>(p, row, row + rows < p.m ? row + rows : p.m, col, far);
}

/** Rows that are asked for ahead: a few are as many lines as a processor waits for at once. */
constexpr int64_t kAheadRows = 4;

static inline void widen(float* y, const float* x, int64_t n) {
  __builtin_memcpy(y, x, static_cast<size_t>(n) * sizeof(float));
}
static inline void widen(float* y, const uint16_t* x, int64_t n) { from_bf16(y, x, n); }

template <typename Element>
static void pack_panels(float* panels, int64_t panel_step, const Element* x, int64_t stride, int64_t rows,
                        int64_t cols) {
  for (int64_t row = 0; row < rows; ++row, x += stride, panels += kPanel) {
    float* to = panels;
    int64_t col = 0;
    for (; col + kPanel <= cols; col += kPanel, to += panel_step) {
      for (int64_t at = 0; at < kPanel; at += kLanes) __builtin_prefetch(x + kAheadRows * stride + col + at);
      widen(to, x + col, kPanel);
    }
    widen(to, x + col, cols - col);
  }
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
