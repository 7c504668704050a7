// A backend that computes nothing: what a model's step asks for can be known at any size without its weights.
#pragma once
#include <sys/mman.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "ops/ops.h"

namespace adapter_lab {

class NullOps final : public Ops {
 public:
  /** Of each product, in order: whether tensor cores multiply it, as takes_tensor_cores of the CUDA backend has it. */
  std::vector<bool> narrow_products;

  DType activation_type() const override { return DType::bf16; }
  MemoryRoom memory_room() override {
    constexpr size_t kUnknown = std::numeric_limits<size_t>::max();
    return {kUnknown, kUnknown, false};
  }
  void reserve(size_t, const char*) override {}
  /** Addresses alone: the memory behind them is never touched. */
  Buffer allocate(size_t size_bytes, const char*) override {
    const size_t bytes = size_bytes < 1 ? 1 : size_bytes;
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return Buffer(memory == MAP_FAILED ? nullptr : memory, size_bytes, [](void*) {});
  }
  void zero(Tensor) override {}
  void zero_all(std::span<const Tensor>) override {}
  void upload(Tensor, const void*, DType) override {}
  void upload_bytes(void*, const void*, size_t) override {}
  void download_bytes(void* to, const void*, size_t size_bytes) override {
    std::fill_n(static_cast<char*>(to), size_bytes, char{0});
  }
  void download(float* host, Tensor x) override { std::fill_n(host, x.count(), 1.0f); }
  void copy(Tensor, Tensor) override {}
  void quantize_nf4(uint8_t*, float*, const void*, DType, int64_t, int64_t) override {}
  void gemm(Tensor c, Tensor a, bool transpose_a, Tensor b, bool, float, float) override {
    note(is_narrow(a) || is_narrow(c) || (transpose_a && is_narrow(b)));
  }
  void scaled_product(Tensor y, Tensor, Tensor x, Tensor, Tensor, float, bool) override {
    note(is_narrow(x) || is_narrow(y));
  }
  void row_product(Tensor y, Tensor x, Tensor, float, bool) override { note(is_narrow(x) || is_narrow(y)); }
  void weight_product(Tensor, Tensor w, Tensor) override { note(is_narrow(w)); }
  void embedding_forward(Tensor, Tensor, const int32_t*) override {}
  void embedding_backward(Tensor, Tensor, const int32_t*) override {}
  void rmsnorm_forward(Tensor, Tensor, Tensor, Tensor, float) override {}
  void rmsnorm_backward(Tensor, Tensor, Tensor, Tensor, Tensor, Tensor) override {}
  void rope(Tensor, Tensor, Tensor, Tensor, const int32_t*, int64_t, bool) override {}
  void attention_forward(Tensor, Tensor, Tensor, Tensor, Tensor, Sequences, AttentionShape) override {}
  void attention_backward(Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Sequences,
                          AttentionShape) override {}
  void cache_store(std::span<const CachePlace>, Tensor, Tensor, int64_t, AttentionShape) override {}
  void attention_cached(Tensor, Tensor, std::span<const CachedText>, std::span<const CachedRow>, int64_t,
                        AttentionShape) override {}
  void swiglu_forward(Tensor, Tensor, Tensor) override {}
  void swiglu_backward(Tensor, Tensor, Tensor, Tensor, Tensor) override {}
  void add(Tensor, Tensor) override {}
  void add_bias(Tensor, Tensor) override {}
  void bias_backward(Tensor, Tensor) override {}
  void scale_columns(Tensor, Tensor, Tensor, bool) override {}
  void scale_columns_backward(Tensor, Tensor, Tensor) override {}
  void scale_rows(Tensor, Tensor, Tensor) override {}
  void scale_rows_backward(Tensor, Tensor, Tensor) override {}
  void dropout_forward(Tensor, Tensor, Dropout) override {}
  void dropout_backward(Tensor, Tensor, Dropout) override {}
  void row_squares(Tensor, Tensor) override {}
  void dora_gain(Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, float) override {}
  void are_large(uint8_t* are_large, std::span<const Tensor> xs, float) override {
    std::fill_n(are_large, xs.size(), uint8_t{1});
  }
  void dora_backward(Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor) override {}
  void dora_norm_backward(Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, float) override {}
  void cross_entropy(Tensor, Tensor, const int32_t*, float) override {}
  void cross_entropy_loss(Tensor, Tensor, const int32_t*) override {}
  void top_log_probabilities(float*, int32_t*, Tensor, int64_t) override {}
  void draw_tokens(int32_t*, float*, Tensor, std::span<const double>, Cut) override {}
  void log_probabilities(double*, Tensor, std::span<const TokenPick>) override {}
  double sum_of_squares(std::span<const Tensor>) override { return 1.0; }
  void adamw(std::span<const AdamWTensor>, AdamW) override {}
  void adamw_8bit(std::span<const EightBitAdamWTensor>, AdamW) override {}
  void quantize_moment(EightBitMoment, Tensor, bool) override {}
  void dequantize_moment(Tensor, EightBitMoment, bool) override {}
  void add_to_averages(std::span<const Average>, float) override {}
  void exchange(Tensor, Tensor) override {}
  void importance(Tensor, Tensor, Tensor, Tensor, Smoothing) override {}
  void importance_means(double*, Tensor, Tensor, bool) override {}
  void row_changes(double*, double*, Tensor, Tensor, Tensor) override {}

 private:
  static bool is_narrow(Tensor x) { return x.dtype == DType::bf16; }
  void note(bool takes_tensor_cores) { narrow_products.push_back(takes_tensor_cores); }
};

}  // namespace adapter_lab
