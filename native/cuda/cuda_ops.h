// The CUDA backend: kernels in .cu files, one an operation beside its CPU twin. Built for the host it is the emulated
// backend of the tests. All work of one instance is done in order. Activations are f32 or bf16, weights as ops.h says,
// all else is f32.
#pragma once
#include "cuda/kept_array.h"
#include "cuda/moment_maps.h"
#include "cuda/scratch.h"
#include "cuda/text_tiles.h"
#include "ops/ops.h"

namespace adapter_lab {

class CudaOps final : public Ops {
 public:
  explicit CudaOps(DType activation_type) : activation_type_(activation_type) {}

  DType activation_type() const override { return activation_type_; }
  void finish() override;
  MemoryRoom memory_room() override;
  std::optional<DeviceUse> take_device_use() override;
  void reserve(size_t size_bytes, const char* what) override;
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
  /** Small arrays go with the work that needs them, weights beside what is under way. */
  static constexpr size_t kArraysBytes = size_t{1} << 18;
  static constexpr size_t kWeightsBytes = size_t{4} << 20;

  /** `to` is set from host memory. */
  void send(void* to, const void* from, size_t size_bytes);

  DType activation_type_;
  gpu::Staging arrays_{kArraysBytes, gpu::Queue::kMain};
  gpu::Staging weights_{kWeightsBytes, gpu::Queue::kCopies};
  gpu::Scratch scratch_{arrays_};
  gpu::MomentMaps moment_maps_{arrays_};
  gpu::KeptArray<int32_t> positions_{arrays_};
  gpu::KeptArray<gpu::TextTile> text_tiles_{arrays_};
};

}  // namespace adapter_lab
