// A LLaMA-family model: weights, adapters, forward, loss and backward over packed texts.
#pragma once
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/base_weights.h"
#include "model/layer.h"
#include "model/packing.h"
#include "model/shape.h"

namespace adapter_lab {

/** What PEFT's VeraConfig says beside the rank; values pass through `dtype`, the base's type. */
struct VeraSpec {
  uint64_t seed = 0;
  float initial_d = 0.0f;
  DType dtype = DType::f32;
};

struct TransformerSpec {
  ModelShape shape;
  std::map<std::string, TensorSource> tensors;  // by Hugging Face name
  std::vector<LowRankSpec> adapters;
  std::map<std::string, InitialPair> principal_pairs;  // by module: what PiSSA's began with, where that is known
  VeraSpec vera;  // of the adapters of that kind
  std::vector<std::string> trained_tensors;
  bool training;
  bool activation_checkpointing;
  bool keeps_stored;  // matrices that nobody trains are not widened, whatever the backend's activations
  size_t saved_bytes = 0;    // of the stack of what the backward pass needs, if they are planned
  size_t scratch_bytes = 0;  // of that of what one function needs
  uint64_t seed;
};

struct LossSum {
  double loss = 0;  // nats, over the counted tokens
  int64_t tokens = 0;
};

class Transformer {
 public:
  Transformer(Ops& ops, const TransformerSpec& spec);
  Transformer(const Transformer&) = delete;
  Transformer& operator=(const Transformer&) = delete;

  const ModelShape& shape() const { return shape_; }
  std::span<const Layer> layers() const { return layers_; }
  /** Trained parameters in model order. */
  std::span<Parameter* const> parameters() const { return parameters_; }
  bool holds_weight(const std::string& name) const { return find_weight(name) != nullptr; }
  /** Other engines may read it too. */
  bool shares_weight(const std::string& name) const { return shared_weights_ && shared_weights_->find(name); }
  /** Throws Error("unknown-tensor", name). */
  const Weight& weight(const std::string& name) const;
  Parameter* find_parameter(const std::string& name) const;
  const Linear* find_linear(const std::string& module) const;
  /** Every linear module by name, in model order. */
  const std::vector<std::pair<std::string, const Linear*>>& linears() const { return linears_; }

  /** Gradients of scale x loss are added to every parameter's. */
  LossSum accumulate(const PackedBatch& batch, float scale, uint64_t dropout_seed);
  LossSum loss(const PackedBatch& batch);
  /** host (tokens, vocabulary) is set. */
  void logits(std::span<const int32_t> tokens, float* host);

  /** The final norm and head of x's rows; logits (rows, vocabulary) is set. */
  void head(Pass& pass, Tensor logits, Tensor x) const;
  /** The first of every pass: x (N, hidden) is set, and DoRA's gains are if parameters changed. */
  void embed(Pass& pass, Tensor x, const int32_t* tokens);
  Pass inference_pass();
  Rotary& rotary() { return rotary_; }
  /** To be called after parameters changed. */
  void parameters_changed() { gains_are_stale_ = true; }
  /** Null without a VeRA module. */
  Projection* projection() const { return projection_.get(); }
  /** Those that other engines share count as well. */
  size_t weight_bytes() const;
  size_t activation_bytes() const { return saved_.size_bytes() + scratch_.size_bytes(); }
  /** Of them, what nobody needed since this was last asked. */
  size_t take_idle_bytes() { return saved_.take_idle_bytes() + scratch_.take_idle_bytes(); }

 private:
  void load(const TransformerSpec& spec);
  Weight* find_weight(const std::string& name) const;
  Linear make_linear(const std::string& module);
  void build_layers();
  void adapt_linears(const TransformerSpec& spec);
  void make_projection(const TransformerSpec& spec);
  void collect_parameters();
  void refresh_gains(Pass& pass);
  Texts texts_of(const Packing& packing);
  bool is_last(int64_t layer) const { return layer == shape_.layers - 1; }
  /** After its attention the last layer goes on with the rows that are asked for alone. */
  std::span<const int32_t> wanted_of(int64_t layer, const Packing& packing) const {
    return is_last(layer) ? std::span(packing.wanted) : std::span<const int32_t>();
  }
  /** Not the last layer where it ends with some rows: what it keeps is little, and is read first. */
  bool is_recomputed(int64_t layer, const Packing& packing) const {
    return checkpointing_ && wanted_of(layer, packing).empty();
  }
  /** The last hidden states that are wanted; nothing else is kept. */
  Tensor forward_light(Pass& pass, const Packing& packing);
  Tensor forward_kept(Pass& pass, Tensor x, const Texts& texts, const Packing& packing,
                      std::vector<Layer::Saved>& saved) const;
  void backward(Pass& pass, Tensor dx, Tensor dy, const Texts& texts, const Packing& packing,
                std::vector<Layer::Saved>& saved) const;
  void head_loss(Pass& pass, Tensor losses, Tensor dx, Tensor x, const Packing& packing, float scale) const;
  LossSum sum_of(Tensor losses, const Packing& packing) const;

  Ops& ops_;
  ModelShape shape_;
  bool checkpointing_;
  std::unique_ptr<BaseWeights> own_weights_;
  std::shared_ptr<BaseWeights> shared_weights_;  // null when there are none
  std::vector<Layer> layers_;
  std::unique_ptr<Projection> projection_;
  Norm final_norm_;
  Weight* embedding_ = nullptr;
  Weight* head_ = nullptr;
  int64_t first_trained_layer_ = 0;
  bool gains_are_stale_ = true;
  std::vector<std::pair<std::string, const Linear*>> linears_;
  std::vector<Parameter*> parameters_;
  Rotary rotary_;
  Arena saved_;
  Arena scratch_;
};

}  // namespace adapter_lab
