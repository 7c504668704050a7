// The CPU backend: vectorised kernels, one table of them for each instruction set, and one pool of threads.
// In what order numbers are summed depends on sizes alone, never on the number of threads.
#pragma once
#include <algorithm>

#include "core/ceil_div.h"
#include "core/thread_pool.h"
#include "cpu/kernels/tiles.h"
#include "cpu/scratch.h"
#include "cpu/select_kernels.h"
#include "ops/ops.h"

namespace adapter_lab {

class CpuOps final : public Ops {
 public:
  explicit CpuOps(int threads, const Kernels& kernels = select_kernels(),
                  const tiles::Kernels* tiles = tiles::select_kernels())
      : pool_(threads), kernels_(kernels), tiles_(tiles) {}

  DType activation_type() const override { return DType::f32; }
  MemoryRoom memory_room() override;
  /** Pages are there when they are touched. */
  void reserve(size_t, const char*) override {}
  Buffer allocate(size_t size_bytes, const char* what) override;
  void zero(Tensor y) override;
  void zero_all(std::span<const Tensor> ys) override;
  void upload(Tensor y, const void* source, DType source_type) override;
  void upload_bytes(void* to, const void* from, size_t size_bytes) override;
  void download_bytes(void* to, const void* from, size_t size_bytes) override;
  void download(float* host, Tensor x) override;
  void copy(Tensor y, Tensor x) override;

  void quantize_nf4(uint8_t* codes, float* absmax, const void* source, DType type, int64_t count,
                    int64_t block_size) override;

  void gemm(Tensor c, Tensor a, bool transpose_a, Tensor b, bool transpose_b, float alpha, float beta) override;
  void scaled_product(Tensor y, Tensor u, Tensor x, Tensor w, Tensor gain, float alpha, bool accumulate) override;
  void row_product(Tensor y, Tensor x, Tensor w, float alpha, bool accumulate) override;
  void weight_product(Tensor y, Tensor w, Tensor x) override;

  void embedding_forward(Tensor y, Tensor table, const int32_t* ids) override;
  void embedding_backward(Tensor dtable, Tensor dy, const int32_t* ids) override;

  void rmsnorm_forward(Tensor y, Tensor rstd, Tensor x, Tensor weight, float epsilon) override;
  void rmsnorm_backward(Tensor dx, Tensor dweight, Tensor dy, Tensor x, Tensor weight, Tensor rstd) override;

  void rope(Tensor y, Tensor x, Tensor cosine, Tensor sine, const int32_t* positions, int64_t head_dim,
            bool inverse) override;

  void attention_forward(Tensor y, Tensor lse, Tensor q, Tensor k, Tensor v, Sequences texts,
                         AttentionShape shape) override;
  void attention_backward(Tensor dq, Tensor dk, Tensor dv, Tensor dy, Tensor q, Tensor k, Tensor v, Tensor y,
                          Tensor lse, Sequences texts, AttentionShape shape) override;
  void cache_store(std::span<const CachePlace> places, Tensor k, Tensor v, int64_t layer,
                   AttentionShape shape) override;
  void attention_cached(Tensor y, Tensor q, std::span<const CachedText> texts, std::span<const CachedRow> rows,
                        int64_t layer, AttentionShape shape) override;

  void swiglu_forward(Tensor y, Tensor gate, Tensor up) override;
  void swiglu_backward(Tensor dgate, Tensor dup, Tensor dy, Tensor gate, Tensor up) override;
  void add(Tensor y, Tensor x) override;
  void add_bias(Tensor y, Tensor bias) override;
  void bias_backward(Tensor dbias, Tensor dy) override;
  void scale_columns(Tensor y, Tensor x, Tensor gain, bool accumulate) override;
  void scale_columns_backward(Tensor dgain, Tensor dy, Tensor x) override;
  void scale_rows(Tensor y, Tensor x, Tensor gain) override;
  void scale_rows_backward(Tensor dgain, Tensor dy, Tensor x) override;

  void dropout_forward(Tensor y, Tensor x, Dropout dropout) override;
  void dropout_backward(Tensor dx, Tensor dy, Dropout dropout) override;

  void row_squares(Tensor squares, Tensor w) override;
  void dora_gain(Tensor gain, Tensor norm, Tensor squares, Tensor wa, Tensor b, Tensor gram, Tensor magnitude,
                 float scale) override;
  void are_large(uint8_t* are_large, std::span<const Tensor> xs, float least) override;
  void dora_backward(Tensor du, Tensor dmagnitude, Tensor dy, Tensor u, Tensor before, Tensor norm,
                     Tensor gain) override;
  void dora_norm_backward(Tensor db, Tensor kb, Tensor dmagnitude, Tensor gain, Tensor norm, Tensor wa, Tensor b,
                          Tensor gram, float scale) override;

  void cross_entropy(Tensor losses, Tensor logits, const int32_t* targets, float scale) override;
  void cross_entropy_loss(Tensor losses, Tensor logits, const int32_t* targets) override;
  void top_log_probabilities(float* values, int32_t* indices, Tensor logits, int64_t k) override;
  void draw_tokens(int32_t* tokens, float* values, Tensor logits, std::span<const double> draws, Cut cut) override;
  void log_probabilities(double* values, Tensor logits, std::span<const TokenPick> picks) override;

  double sum_of_squares(std::span<const Tensor> xs) override;
  void adamw(std::span<const AdamWTensor> tensors, AdamW options) override;
  void adamw_8bit(std::span<const EightBitAdamWTensor> tensors, AdamW options) override;
  void quantize_moment(EightBitMoment moment, Tensor x, bool has_signs) override;
  void dequantize_moment(Tensor y, EightBitMoment moment, bool has_signs) override;
  void add_to_averages(std::span<const Average> averages, float decay) override;
  void exchange(Tensor a, Tensor b) override;

  void importance(Tensor sensitivity, Tensor uncertainty, Tensor parameter, Tensor gradient,
                  Smoothing options) override;
  void importance_means(double* means, Tensor sensitivity, Tensor uncertainty, bool of_columns) override;

  void row_changes(double* change_m, double* change_d, Tensor w0, Tensor delta, Tensor magnitude) override;

 private:
  static Format format_of(Tensor x) {
    if (x.dtype == DType::nf4) return Format::nf4;
    return x.dtype == DType::f32 ? Format::f32 : x.dtype == DType::bf16 ? Format::bf16 : Format::f16;
  }
  /** y (count) is set to the floats of x's row from `first` on. */
  void widen(float* y, Tensor x, int64_t row, int64_t first, int64_t count) const;
  /** Its rows as f32: the tensor itself, or a copy that the calling thread's next call overwrites. */
  Tensor wide_rows(Tensor x) const;
  /** y is set to x turned over. */
  void turn_over(Tensor y, Tensor x);
  /** Panels of columns, (k, panel) each, are set to op(b). */
  void pack_right(float* panels, Tensor b, bool transpose_b) const;
  /** Element (i, p) lies at data[i row + p col]. */
  struct Strided {
    const float* data;
    int64_t row;
    int64_t col;
  };
  class ProductCut;
  /** One tile of gemm's c, on the calling thread. */
  void multiply_tile(const ProductCut& cut, Tensor c, Strided a, Tensor b, bool transpose_b, float alpha,
                     float beta) const;
  /** Whether tile units can take w: bf16, or NF4 in whole tiles. */
  static bool suits_tiles(Tensor w);
  /** Whether products (m,k) x (k,n) with w are faster on tile units. */
  bool is_for_tiles(int64_t m, int64_t n, int64_t k, Tensor w) const;
  /** gemm's with weights that suit tiles. */
  void tile_product(Tensor c, Tensor a, Tensor w, bool transpose_w, float alpha, float beta);
  /** Whether row_product takes tile units for w. */
  bool are_rows_for_tiles(Tensor w) const;
  /** row_product's with such weights, of rows that are a multiple of 16. */
  void tile_row_product(Tensor y, Tensor x, Tensor w, float alpha, bool accumulate);

  void step_8bit(const EightBitAdamWTensor& tensor, const AdamWStep& scalars);

  /** body(first, count) over all of [0, total) in chunks of `chunk`. */
  template <typename Body>
  void for_ranges(int64_t total, int64_t chunk, const Body& body) {
    pool_.parallel_for(ceil_div(total, chunk), [&](int64_t index) {
      const int64_t first = index * chunk;
      body(first, std::min(chunk, total - first));
    });
  }

  /** body(row) for each row, in chunks of rows; `row_floats` are what one row reads and writes. */
  template <typename Body>
  void for_rows(int64_t rows, int64_t row_floats, const Body& body) {
    const int64_t chunk = std::max<int64_t>(1, kChunkFloats / std::max<int64_t>(row_floats, 1));
    for_ranges(rows, chunk, [&](int64_t first, int64_t count) {
      for (int64_t row = first; row < first + count; ++row) body(row);
    });
  }

  /** body(row, first column, columns) over every element of a (rows, cols) shape: runs of a contiguous one cross rows
   *  (row is 0 then), those of a strided one do not. */
  template <typename Body>
  void for_runs(int64_t rows, int64_t cols, bool contiguous, const Body& body) {
    if (contiguous)
      for_ranges(rows * cols, kChunkFloats, [&](int64_t first, int64_t count) { body(int64_t{0}, first, count); });
    else
      for_rows(rows, cols, [&](int64_t row) { body(row, int64_t{0}, cols); });
  }

  /** Sums over rows: sum(sums, first, count) sets those of some, finish(column, sum) takes each. Rows are summed
   *  kSummedRows at a time in f32 and those sums in double, in their order. */
  template <typename Finish, typename Sum>
  void sum_columns(int64_t rows, int64_t cols, const Finish& finish, const Sum& sum) {
    const int64_t runs = ceil_div(rows, kSummedRows);
    const Scratch::Lease memory = scratch_.take(*this, runs * cols, "sums of columns");
    for_ranges(rows, kSummedRows,
               [&](int64_t first, int64_t count) { sum(memory.data() + first / kSummedRows * cols, first, count); });
    for_rows(ceil_div(cols, kLineFloats), runs * kLineFloats, [&](int64_t line) {
      const int64_t first = line * kLineFloats, count = std::min(kLineFloats, cols - first);
      double totals[kLineFloats] = {};
      for (int64_t run = 0; run < runs; ++run)
        for (int64_t i = 0; i < count; ++i) totals[i] += static_cast<double>(memory.data()[run * cols + first + i]);
      for (int64_t i = 0; i < count; ++i) finish(first + i, static_cast<float>(totals[i]));
    });
  }
  static auto add_to(Tensor y) {
    return [y](int64_t col, float sum) { y.f32()[col] += sum; };
  }

  // About 10 microseconds of a row kernel: less is not worth waking another thread for.
  static constexpr int64_t kChunkFloats = 32768;
  static constexpr int64_t kSummedRows = 32;

  Scratch scratch_;
  ThreadPool pool_;
  const Kernels& kernels_;
  const tiles::Kernels* const tiles_;
};

}  // namespace adapter_lab
