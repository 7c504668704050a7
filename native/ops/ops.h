// Every operation a backend offers, and nothing else about the backend. cpu/ (and later cuda/)
// implement it, one file an op. Order of parameters: outputs, inputs, sizes, scalars.
// N rows are tokens (packed side by side, no padding), C columns are features.
// Every output says whether it is set or added to; a backward stands under its forward.
// What flows through a model, and its gradient, is of the backend's activation type (in a test of any that it has);
// weights that nobody trains may be half floats or nf4 where it is said, and are read as f32, exactly; all other
// tensors are f32. Same machine, same thread count: same bits.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "core/buffer.h"
#include "core/moment_block.h"
#include "core/tensor.h"

namespace adapter_lab {

/** Texts packed side by side: text i owns rows [starts[i], starts[i + 1]). starts has count + 1 entries. */
struct Sequences {
  std::span<const int32_t> starts;
  int64_t count() const { return static_cast<int64_t>(starts.size()) - 1; }
};

/** Grouped-query attention: query head h reads key/value head h / (heads / kv_heads). */
struct AttentionShape {
  int64_t heads;
  int64_t kv_heads;
  int64_t head_dim;
  float scale;     // of the scores, 1 / sqrt(head_dim)
  int64_t window;  // a token sees itself and window - 1 before it; 0: all before it
};

/** Keys and values are cached in blocks of so many places. A block holds, for each layer, keys (kv_heads, head_dim,
 *  kCacheBlock), turned over, then values (kv_heads, kCacheBlock, head_dim). */
constexpr int64_t kCacheBlock = 32;

/** Where a row's key and value lie: a block and the place in it. */
struct CachePlace {
  float* block;
  int64_t place;
};

/** A token that attends to its text's cached keys, its own among them. Keys of positions below `in_order` lie at the
 *  places of the same number, those of positions in_order, in_order + 1, ... at the places `scattered`, one each. */
struct CachedRow {
  int64_t position;
  int64_t in_order;
  std::span<const int32_t> scattered;
};

/** `count` rows from `first` on that share the blocks of one text. */
struct CachedText {
  int64_t first;
  int64_t count;
  std::span<float* const> blocks;
};

/** One token of one row of logits. */
struct TokenPick {
  int32_t row;
  int32_t token;
};

/** How a token is drawn: the likeliest `top_k` (0: all), then the smallest set of them that holds `top_p`. */
struct Cut {
  float temperature;
  int64_t top_k;
  float top_p;
};

/** Counter-based dropout: element i of stream `stream` is kept or not by (seed, stream, i) alone. */
struct Dropout {
  float probability;
  uint64_t seed;
  uint64_t stream;
};

/** One AdamW step, decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101), torch's order of operations. */
struct AdamW {
  float learning_rate;
  float beta1;
  float beta2;
  float epsilon;
  float weight_decay;
  int64_t step;         // 1 for the first
  float gradient_scale; // the gradient is multiplied by it first (clipping)
};

/** A moment of AdamW in 8 bits: a code for each value, a scale for each kMomentBlock of them (arXiv 2110.02861). */
struct EightBitMoment {
  uint8_t* codes;
  float* scales;
};

/** The first moment has signs, the second has none: each kind has a map of its own from codes to values. */
struct EightBitMoments {
  EightBitMoment first;
  EightBitMoment second;
};

/** What a step of AdamW moves; all contiguous and of one size. The learning rate is multiplied by `rate`. */
struct AdamWTensor {
  Tensor parameter;
  Tensor moment1;
  Tensor moment2;
  Tensor gradient;
  float rate = 1.0f;
};
struct EightBitAdamWTensor {
  Tensor parameter;
  EightBitMoments moments;
  Tensor gradient;
  float rate = 1.0f;
};

/** A moving average and what it follows; contiguous and of one size. */
struct Average {
  Tensor average;
  Tensor x;
};

/** Smoothing of AdaLoRA's importance (arXiv 2303.10512 eq. 9 and 10). */
struct Smoothing {
  float sensitivity;
  float uncertainty;
  float gradient_scale;  // the gradient is multiplied by it first (clipping)
};

/** Where a backend's tensors lie, and how much of it is left. */
struct MemoryRoom {
  size_t free_bytes;   // the largest size_t where it is not known
  size_t total_bytes;
  bool is_host;        // with everything else of the process
};

/** What the process has of a device's memory. */
struct DeviceUse {
  size_t most_bytes;  // in use at once since this was last asked
  size_t held_bytes;  // taken from the driver, in use or not
};

/** What of a model is computed: profiles tell it. */
struct ModelPlace {
  enum class Part : uint8_t { kOther, kEmbedding, kLayer, kHead, kUpdate };
  Part part = Part::kOther;
  int32_t layer = 0;
  bool is_backward = false;
};

class Ops {
 public:
  virtual ~Ops() = default;

  /** What follows is of this place. */
  virtual void enter(ModelPlace) {}
  /** Returns when all that was begun is done. */
  virtual void finish() {}

  /** Of the tensors that flow through a model: f32, or bf16 on a GPU. */
  virtual DType activation_type() const = 0;

  // ---- memory -----------------------------------------------------------------------------
  virtual MemoryRoom memory_room() = 0;
  /** Nothing where tensors lie in the host's memory. */
  virtual std::optional<DeviceUse> take_device_use() { return std::nullopt; }
  /** So much is there for what is allocated later, in one piece where that matters; `what` as in allocate. */
  virtual void reserve(size_t size_bytes, const char* what) = 0;
  /** 64-byte aligned, contents undefined. `what` names it in an out-of-memory Error. */
  virtual Buffer allocate(size_t size_bytes, const char* what) = 0;
  virtual void zero(Tensor y) = 0;
  /** The same of many, each f32 and contiguous. */
  virtual void zero_all(std::span<const Tensor> ys) = 0;
  /** y (contiguous) is set from host memory; a y of half floats from the same type. */
  virtual void upload(Tensor y, const void* source, DType source_type) = 0;
  /** `to`, backend memory, is set from host memory. */
  virtual void upload_bytes(void* to, const void* from, size_t size_bytes) = 0;
  /** `to`, host memory, is set from backend memory. */
  virtual void download_bytes(void* to, const void* from, size_t size_bytes) = 0;
  /** host (count floats) is set; x may be strided, half floats, and nf4. */
  virtual void download(float* host, Tensor x) = 0;
  /** y is set to x, which may be half floats or nf4. */
  virtual void copy(Tensor y, Tensor x) = 0;
  /** codes ((count + 1) / 2) and absmax (one a block) are set from host memory. bitsandbytes' definition: the value of
   *  the book nearest to x / absmax; a shorter last block is divided, whole ones are multiplied by 1 / absmax. */
  virtual void quantize_nf4(uint8_t* codes, float* absmax, const void* source, DType type, int64_t count,
                            int64_t block_size) = 0;

  // ---- products ---------------------------------------------------------------------------
  /** c (M,N) = alpha op(a) op(b) + beta c; op(a) is (M,K), op(b) is (K,N), op transposes if told. b may be half
   *  floats or nf4. */
  virtual void gemm(Tensor c, Tensor a, bool transpose_a, Tensor b, bool transpose_b, float alpha, float beta) = 0;
  /** y (N,M) is set to (u + alpha x w^T) gain by column, or added to; u (N,M), whose memory is used, or empty for 0, y
   *  itself when set; x (N,K), w (M,K), f32, gain (1,M). */
  virtual void scaled_product(Tensor y, Tensor u, Tensor x, Tensor w, Tensor gain, float alpha, bool accumulate) = 0;
  /** y (N,M) is set to alpha x w^T, or added to; x (N,K), w (M,K), which may be half floats or nf4. A row of y has the
   *  same bits whatever rows stand beside it and however many: results of a text do not depend on its batch. */
  virtual void row_product(Tensor y, Tensor x, Tensor w, float alpha, bool accumulate) = 0;
  /** y (M,N) is set to w x^T of parameters, to the rounding of f32 whatever activations are;
   *  w (M,K) may be half floats or nf4, x (N,K). */
  virtual void weight_product(Tensor y, Tensor w, Tensor x) = 0;

  // ---- embedding --------------------------------------------------------------------------
  /** y (N,C) is set to rows ids[n] of table (V,C), which may be half floats. */
  virtual void embedding_forward(Tensor y, Tensor table, const int32_t* ids) = 0;
  /** dtable (V,C) is added to; dy (N,C). */
  virtual void embedding_backward(Tensor dtable, Tensor dy, const int32_t* ids) = 0;

  // ---- RMSNorm (arXiv 1910.07467) ---------------------------------------------------------
  /** y (N,C) is set to x rstd weight; rstd (N,1) is set to 1 / sqrt(mean(x^2) + epsilon). y may be x. */
  virtual void rmsnorm_forward(Tensor y, Tensor rstd, Tensor x, Tensor weight, float epsilon) = 0;
  /** dx (N,C) is added to; dweight (1,C) is added to, skipped when empty. */
  virtual void rmsnorm_backward(Tensor dx, Tensor dweight, Tensor dy, Tensor x, Tensor weight, Tensor rstd) = 0;

  // ---- rotary embedding, half-split ("rotate_half") order ---------------------------------
  /** y (N, heads * head_dim) is set to x rotated; cosine, sine (positions, head_dim / 2); inverse: the backward. y may
   *  be x. */
  virtual void rope(Tensor y, Tensor x, Tensor cosine, Tensor sine, const int32_t* positions, int64_t head_dim,
                    bool inverse) = 0;

  // ---- attention, causal inside each text -------------------------------------------------
  /** y (N, heads * head_dim) is set; lse (N, heads) is set to the log of the sum of exponentials. */
  virtual void attention_forward(Tensor y, Tensor lse, Tensor q, Tensor k, Tensor v, Sequences texts,
                                 AttentionShape shape) = 0;
  /** dq, dk, dv are set. Scores are recomputed by blocks from lse; no N x N matrix. */
  virtual void attention_backward(Tensor dq, Tensor dk, Tensor dv, Tensor dy, Tensor q, Tensor k, Tensor v, Tensor y,
                                  Tensor lse, Sequences texts, AttentionShape shape) = 0;
  /** Row n of k, v (N, kv_heads * head_dim) is copied to places[n], `layer` floats into its block. */
  virtual void cache_store(std::span<const CachePlace> places, Tensor k, Tensor v, int64_t layer,
                           AttentionShape shape) = 0;
  /** y (N, heads * head_dim) is set: row n attends to the keys that rows[n] tells, `layer` floats into its text's
   *  blocks, those before the window left out. A row has the same bits whatever rows stand beside it. */
  virtual void attention_cached(Tensor y, Tensor q, std::span<const CachedText> texts, std::span<const CachedRow> rows,
                                int64_t layer, AttentionShape shape) = 0;

  // ---- elementwise ------------------------------------------------------------------------
  /** y (N,C) is set to silu(gate) * up. */
  virtual void swiglu_forward(Tensor y, Tensor gate, Tensor up) = 0;
  /** dgate, dup (N,C) are set; either may be dy. */
  virtual void swiglu_backward(Tensor dgate, Tensor dup, Tensor dy, Tensor gate, Tensor up) = 0;
  /** y (N,C) is added to; x (N,C). */
  virtual void add(Tensor y, Tensor x) = 0;
  /** y (N,C) is added to; bias (1,C). */
  virtual void add_bias(Tensor y, Tensor bias) = 0;
  /** dbias (1,C) is added to: the sum of dy's rows. */
  virtual void bias_backward(Tensor dbias, Tensor dy) = 0;
  /** y (N,C) is set to x gain by column, or added to; gain (1,C). y may be x when set. */
  virtual void scale_columns(Tensor y, Tensor x, Tensor gain, bool accumulate) = 0;
  /** dgain (1,C) is added to: the sum over rows of dy x. */
  virtual void scale_columns_backward(Tensor dgain, Tensor dy, Tensor x) = 0;
  /** y (N,C) is set to x gain by row; gain (1,N). y may be x. */
  virtual void scale_rows(Tensor y, Tensor x, Tensor gain) = 0;
  /** dgain (1,N) is added to: the sum over columns of dy x. */
  virtual void scale_rows_backward(Tensor dgain, Tensor dy, Tensor x) = 0;

  // ---- dropout ----------------------------------------------------------------------------
  /** y (N,C) is set to x / (1 - p) where kept, 0 elsewhere; element index n C + c. y may be x. */
  virtual void dropout_forward(Tensor y, Tensor x, Dropout dropout) = 0;
  /** dx (N,C) is added to: dy through the same mask. */
  virtual void dropout_backward(Tensor dx, Tensor dy, Dropout dropout) = 0;

  // ---- DoRA (arXiv 2402.09353 eq. 5 and 11, factored norm of arXiv 2603.22276) --------------
  /** squares (1,M) is set to the squared norm of each row of w (M,K), which may be half floats or nf4,
   *  summed in double. */
  virtual void row_squares(Tensor squares, Tensor w) = 0;
  /** norm (1,M) is set to max(1e-12, sqrt(|w|^2 + 2 s <b, w A^T> + s^2 b (A A^T) b^T)) and gain (1,M) to m / norm.
   *  squares (1,M) = |w|^2, wa (M,r) = w A^T, b (M,r), gram (r,r) = A A^T, magnitude (1,M). */
  virtual void dora_gain(Tensor gain, Tensor norm, Tensor squares, Tensor wa, Tensor b, Tensor gram, Tensor magnitude,
                         float scale) = 0;
  /** are_large[i], host memory, is set to 1 if every element of xs[i], contiguous, is `least` or larger in magnitude,
   *  to 0 otherwise and where one is no number. Waits for the device once for all. */
  virtual void are_large(uint8_t* are_large, std::span<const Tensor> xs, float least) = 0;
  /** du (N,M) is set to dy gain by column; dmagnitude (1,M) is added to: the sum over rows of dy (u - before) / norm, u
   *  the output before the gain. dy, u (N,M), before (N,M) or empty for 0, norm, gain (1,M). */
  virtual void dora_backward(Tensor du, Tensor dmagnitude, Tensor dy, Tensor u, Tensor before, Tensor norm,
                             Tensor gain) = 0;
  /** The gradient that reaches B through the norm: db (M,r) is added to: s k (wa + s b gram), kb (M,r) is set to k b
   *  with k = -dmagnitude gain / norm of each row, 0 where the norm is clamped. The other tensors as in dora_gain. */
  virtual void dora_norm_backward(Tensor db, Tensor kb, Tensor dmagnitude, Tensor gain, Tensor norm, Tensor wa,
                                  Tensor b, Tensor gram, float scale) = 0;

  // ---- loss -------------------------------------------------------------------------------
  /** losses (N,1) is set to -log softmax(logits)[target] in nats, 0 where target < 0; logits (N,V) become
   *  scale (softmax - onehot), 0 where target < 0. */
  virtual void cross_entropy(Tensor losses, Tensor logits, const int32_t* targets, float scale) = 0;
  /** As above, but logits are left alone: for validation. */
  virtual void cross_entropy_loss(Tensor losses, Tensor logits, const int32_t* targets) = 0;
  /** For each row of logits (N,V): the k largest log softmax values, descending, ties by lower index.
   *  values, indices (N,k), host memory. */
  virtual void top_log_probabilities(float* values, int32_t* indices, Tensor logits, int64_t k) = 0;
  /** tokens (N), values (N), host memory: from each row of logits (N,V) the token that draws[n], uniform in [0, 1),
   *  picks among softmax(logits / temperature) cut, likelier tokens first,
   *  and its log softmax without temperature and cut. */
  virtual void draw_tokens(int32_t* tokens, float* values, Tensor logits, std::span<const double> draws, Cut cut) = 0;
  /** values (picks), host memory: the log softmax of picks[i].token in row picks[i].row of logits (N,V). */
  virtual void log_probabilities(double* values, Tensor logits, std::span<const TokenPick> picks) = 0;

  // ---- optimizer --------------------------------------------------------------------------
  /** Sum of the squares of all, in double, in a fixed order. */
  virtual double sum_of_squares(std::span<const Tensor> xs) = 0;
  /** Parameters and moments are updated. */
  virtual void adamw(std::span<const AdamWTensor> tensors, AdamW options) = 0;
  /** The same step with moments in 8 bits: a parameter moves by the new moments before they are rounded. */
  virtual void adamw_8bit(std::span<const EightBitAdamWTensor> tensors, AdamW options) = 0;
  /** moment is set to x, contiguous, as bitsandbytes' CPU functions quantise: each block by its largest magnitude. */
  virtual void quantize_moment(EightBitMoment moment, Tensor x, bool has_signs) = 0;
  /** y, contiguous, is set. */
  virtual void dequantize_moment(Tensor y, EightBitMoment moment, bool has_signs) = 0;
  /** Each average becomes decay average + (1 - decay) x. */
  virtual void add_to_averages(std::span<const Average> averages, float decay) = 0;
  /** a and b, contiguous, change places. */
  virtual void exchange(Tensor a, Tensor b) = 0;

  // ---- AdaLoRA's importance (arXiv 2303.10512) ----------------------------------------------
  /** With I = |parameter gradient|: sensitivity becomes its moving average (eq. 9), uncertainty that of |I -
   *  sensitivity| (eq. 10); all contiguous and of one size. */
  virtual void importance(Tensor sensitivity, Tensor uncertainty, Tensor parameter, Tensor gradient,
                          Smoothing options) = 0;
  /** means, host memory, is set to the mean of sensitivity uncertainty (eq. 11) over each row (M,K),
   *  or over each column. */
  virtual void importance_means(double* means, Tensor sensitivity, Tensor uncertainty, bool of_columns) = 0;

  // ---- slope diagnostics (arXiv 2402.09353 eq. 3 and 4) -------------------------------------
  /** For each row n of w0 (M,K), which may be half floats or nf4, and w' = w0 + delta: change_m[n] = | |w'| - |w0| |
   *  and change_d[n] = 1 - cos(w', w0), in double, NaN where a norm is zero. magnitude (1,M), empty or DoRA's: it
   *  replaces |w'|, its sign turns the direction. */
  virtual void row_changes(double* change_m, double* change_d, Tensor w0, Tensor delta, Tensor magnitude) = 0;
};

/** threads 0: one a physical core the process may use. */
std::unique_ptr<Ops> make_cpu_ops(int threads);

}  // namespace adapter_lab
