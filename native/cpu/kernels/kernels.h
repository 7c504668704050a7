// The row kernels: plain functions on pointers, one table of them for each instruction set.
// n counts floats; pointers need no alignment. y may be x in elementwise kernels.
#pragma once
#include <stdint.h>

#include "core/adamw_step.h"
#include "core/dropout_hash.h"
#include "core/moment_block.h"
#include "core/nf4.h"

namespace adapter_lab {

/** A line of the cache. */
constexpr int64_t kLineFloats = 16;

/** A matrix that will be read soon and is not in the second cache yet. */
struct Far {
  const float* data;
  int64_t rows;
  int64_t cols;
  int64_t stride;
};
constexpr int kMostFar = 2;

/** Where a product's k is no larger, most time goes into writing its results. */
constexpr int64_t kShortDepth = 64;

/** c (m,n), rows c_stride apart, is set to alpha a b, or added to. a(i,p) lies at a[i a_row + p a_col]; b (k,n). */
struct SmallProduct {
  float* c;
  int64_t c_stride;
  const float* a;
  int64_t a_row;
  int64_t a_col;
  const float* b;
  int64_t b_stride;
  int64_t m;
  int64_t n;
  int64_t k;
  float alpha;
  bool accumulate;
  int64_t b_panel = 0;      // unless 0, b is packed (pack_panels): floats from a panel to the next
  Far far[kMostFar] = {};  // asked for in passing
};

/** Scores of a few queries with `cols` keys, 16 or a multiple of it; columns that are no keys hold any number. Row i
 * sees column own + i and those before it, of them the last `window` if that is not 0. */
constexpr int64_t kScoreRows = 16;
struct ScoreTile {
  float* scores;
  int64_t stride;
  int64_t rows;  // at most kScoreRows
  int64_t cols;
  int64_t own;
  int64_t window;
};

/** How numbers lie in memory. */
enum class Format : uint8_t { f32, bf16, f16, nf4 };

/** y (m,n), rows y_stride apart, is set to alpha x w^T, or added to; x (m,k), w (n,k) of the given format: an Nf4 and
 * the element it begins with, or a pointer. */
struct RowProduct {
  float* y;
  int64_t y_stride;
  const float* x;
  int64_t x_stride;
  const void* w;
  int64_t w_stride;
  Format format;
  int64_t w_first;
  int64_t m;
  int64_t n;
  int64_t k;
  float alpha;
  bool accumulate;
};

/** du (rows, cols) is set to dy gain by column, sums (cols) to the sum over rows of dy (u - before); before may be
 * null. */
struct DoraBackward {
  float* du;
  int64_t du_stride;
  float* sums;
  const float* dy;
  int64_t dy_stride;
  const float* u;
  int64_t u_stride;
  const float* before;
  int64_t before_stride;
  const float* gain;
  int64_t rows;
  int64_t cols;
};

struct Kernels {
  const char* name;

  // convert.h: y is set.
  void (*from_bf16)(float* y, const uint16_t* x, int64_t n);
  void (*from_f16)(float* y, const uint16_t* x, int64_t n);

  // nf4.h: y (n) is set; codes ((n + 1) / 2) are set to the values nearest to x factor.
  void (*from_nf4)(float* y, Nf4View x, int64_t n);
  void (*to_nf4)(uint8_t* codes, const float* x, float factor, int64_t n);

  // elementwise.h
  void (*add)(float* y, const float* x, int64_t n);                              // y += x
  void (*multiply)(float* y, const float* x, const float* gain, int64_t n);      // y = x gain
  void (*multiply_add)(float* y, const float* x, const float* gain, int64_t n);  // y += x gain
  void (*scale)(float* y, float factor, int64_t n);                              // y *= factor
  void (*axpy)(float* y, const float* x, float factor, int64_t n);               // y += factor x

  // reduce.h
  float (*dot)(const float* a, const float* b, int64_t n);
  double (*sum_of_squares)(const float* x, int64_t n);
  /** sums (cols) is set to the sum of x's rows. */
  void (*column_sums)(float* sums, const float* x, int64_t stride, int64_t rows, int64_t cols);
  /** The same of a b weight[row]; without weight: of a b. */
  void (*column_products)(float* sums, const float* a, int64_t a_stride, const float* b, int64_t b_stride,
                          const float* weight, int64_t rows, int64_t cols);

  // rmsnorm.h: one row; the forward returns rstd.
  float (*rmsnorm)(float* y, const float* x, const float* weight, float epsilon, int64_t n);
  void (*rmsnorm_backward)(float* dx, const float* dy, const float* x, const float* weight, float rstd, int64_t n);

  // rope.h: one row of `heads` heads; sign 1, or -1 for the inverse.
  void (*rope)(float* y, const float* x, const float* cosine, const float* sine, float sign, int64_t heads,
               int64_t head_dim);

  // swiglu.h
  void (*swiglu)(float* y, const float* gate, const float* up, int64_t n);
  void (*swiglu_backward)(float* dgate, float* dup, const float* dy, const float* gate, const float* up, int64_t n);

  // dropout.h: set, and added to.
  void (*dropout)(float* y, const float* x, DropoutRun run, int64_t n);
  void (*dropout_add)(float* y, const float* x, DropoutRun run, int64_t n);

  // softmax.h
  float (*row_max)(const float* x, int64_t n);
  /** y = exp(x scale - offset); returns the sum. */
  double (*exp_row)(float* y, const float* x, float scale, float offset, int64_t n);
  /** The sum of exp(x - offset). */
  double (*exp_sum)(const float* x, float offset, int64_t n);

  // attention_scores.h: unseen columns become 0.
  /** most (rows) becomes the larger of itself and its row's scores, these exp(score - most); sums (rows) is set. */
  void (*weigh_scores)(ScoreTile tile, float* most, float* sums);
  /** Scores become p = exp(score scale - lse), dweights p (dweight - mean) scale; lse, mean (rows). */
  void (*weigh_scores_backward)(ScoreTile tile, float* dweights, float scale, const float* lse, const float* mean);

  // lanes.h: y (cols, rows) is set to x (rows, cols) turned over.
  void (*transpose)(float* y, int64_t y_stride, const float* x, int64_t x_stride, int64_t rows, int64_t cols);
  void (*transpose_bf16)(float* y, int64_t y_stride, const uint16_t* x, int64_t x_stride, int64_t rows, int64_t cols);

  // small_product.h
  void (*small_product)(const SmallProduct& product);
  /** Columns of a panel. */
  int64_t panel;
  /** Panels (rows, panel), panel_step floats apart, are set to x (rows, cols); what is left of the last one is not. */
  void (*pack_panels)(float* panels, int64_t panel_step, const float* x, int64_t stride, int64_t rows, int64_t cols);
  void (*pack_panels_bf16)(float* panels, int64_t panel_step, const uint16_t* x, int64_t stride, int64_t rows,
                           int64_t cols);

  // row_product.h
  void (*row_product)(RowProduct product);

  // dora.h: 2 s <b, wa> + s^2 <b, b_gram> of one row, b_gram = b (A A^T).
  double (*dora_square_change)(const float* wa, const float* b, const float* b_gram, double scale, int64_t r);
  void (*dora_backward)(DoraBackward tensors);

  // adamw.h
  void (*adamw)(float* parameter, float* moment1, float* moment2, const float* gradient, AdamWStep step, int64_t n);

  // eight_bit.h: y = map[code] scale; of one block, whose scale, its largest magnitude, the other returns.
  void (*from_8bit)(float* y, const uint8_t* codes, const float* map, float scale, int64_t n);
  float (*to_8bit)(uint8_t* codes, const float* x, bool has_signs, int64_t n);

  // row_changes.h: norms of w and w + delta, and half the squared distance of w / norm0 and sign (w + delta) / norm1.
  void (*row_norms)(double* norm0, double* norm1, const float* w, const float* delta, int64_t n);
  double (*direction_change)(const float* w, const float* delta, double inverse0, double inverse1, int64_t n);

  // doubles.h: y is added to; a and b become cosine a - sine b and sine a + cosine b.
  double (*dot_doubles)(const double* a, const double* b, int64_t n);
  void (*add_doubles)(double* y, double factor, const double* x, int64_t n);
  void (*turn_doubles)(double* a, double* b, double cosine, double sine, int64_t n);
};

}  // namespace adapter_lab
