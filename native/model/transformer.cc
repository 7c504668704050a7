#include "model/transformer.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace adapter_lab {
namespace {

constexpr const char* kModuleNames[kModules] = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
                                                "self_attn.o_proj", "mlp.gate_proj",    "mlp.up_proj",
                                                "mlp.down_proj"};

// An output that was added to a sum is found again to its rounding; divided by DoRA's gain that must stay harmless.
constexpr float kTellingGain = 0.125f;

bool is_quantized(const TransformerSpec& spec) {
  return std::any_of(spec.tensors.begin(), spec.tensors.end(),
                     [](const auto& entry) { return entry.second.dtype == DType::nf4; });
}

/** PiSSA: the weight becomes what is left of it. */
bool takes_principal_parts(const TransformerSpec& spec) {
  return std::any_of(spec.adapters.begin(), spec.adapters.end(), [](const LowRankSpec& one) { return one.principal; });
}

std::string layer_prefix(int64_t index) { return "model.layers." + std::to_string(index) + "."; }

}  // namespace

Transformer::Transformer(Ops& ops, const TransformerSpec& spec)
    : ops_(ops),
      shape_(spec.shape),
      checkpointing_(spec.activation_checkpointing),
      rotary_(ops, spec.shape.inverse_frequencies),
      saved_(ops),
      scratch_(ops) {
  if (spec.saved_bytes > 0) saved_.reserve(spec.saved_bytes);
  if (spec.scratch_bytes > 0) scratch_.reserve(spec.scratch_bytes);
  load(spec);
  build_layers();
  adapt_linears(spec);
  collect_parameters();
}

/** Matrices that nobody trains stay as they lie in their file, unless all are f32: products read half floats and nf4 as
 *  f32, exactly. In training with f32 activations all are, unless the spec says otherwise, as widening them in each
 *  product costs time, and with PiSSA, which changes them. Engines that only read their base's weights share them. */
void Transformer::load(const TransformerSpec& spec) {
  const std::vector<std::string>& trained = spec.trained_tensors;
  const bool is_changed = takes_principal_parts(spec);
  const bool is_wide = spec.training && !is_quantized(spec) &&
                       ((ops_.activation_type() == DType::f32 && !spec.keeps_stored) || is_changed);
  const bool is_written = spec.training || is_changed;
  std::vector<PlacedSource> own;
  std::vector<PlacedSource> frozen;
  for (const auto& [name, source] : spec.tensors) {
    const bool is_trained = std::find(trained.begin(), trained.end(), name) != trained.end();
    const bool is_f32 = is_trained || is_wide || source.shape.size() != 2;
    (is_trained || is_written ? own : frozen).push_back({name, source, is_f32 ? DType::f32 : source.dtype});
  }
  own_weights_ = std::make_unique<BaseWeights>(ops_, own);
  if (!frozen.empty()) shared_weights_ = share_weights(ops_, frozen);
  for (const std::string& name : trained) {
    Weight* weight = own_weights_->find(name);
    if (!weight) throw Error("unknown-tensor", name);
    weight->trained =
        std::make_unique<Parameter>(ops_, name, weight->source.shape.size() == 1, weight->value, spec.training);
  }
}

Weight* Transformer::find_weight(const std::string& name) const {
  Weight* own = own_weights_->find(name);
  return own || !shared_weights_ ? own : shared_weights_->find(name);
}

const Weight& Transformer::weight(const std::string& name) const {
  const Weight* found = find_weight(name);
  if (!found) throw Error("unknown-tensor", name);
  return *found;
}

size_t Transformer::weight_bytes() const {
  return own_weights_->memory.size_bytes() + (shared_weights_ ? shared_weights_->memory.size_bytes() : 0);
}

Linear Transformer::make_linear(const std::string& module) {
  Weight* weight = find_weight(module + ".weight");
  if (!weight) throw Error("unknown-tensor", module + ".weight");
  return Linear(*weight, find_weight(module + ".bias"));
}

void Transformer::build_layers() {
  const auto norm = [&](const std::string& name) {
    Weight* weight = find_weight(name);
    return weight ? Norm(*weight, shape_.norm_epsilon) : Norm();
  };
  layers_.resize(static_cast<size_t>(shape_.layers));
  for (int64_t i = 0; i < shape_.layers; ++i) {
    Layer& layer = layers_[static_cast<size_t>(i)];
    const std::string prefix = layer_prefix(i);
    layer.input_norm = norm(prefix + "input_layernorm.weight");
    layer.post_norm = norm(prefix + "post_attention_layernorm.weight");
    layer.q_norm = norm(prefix + "self_attn.q_norm.weight");
    layer.k_norm = norm(prefix + "self_attn.k_norm.weight");
    layer.attention = {shape_.heads, shape_.kv_heads, shape_.head_dim,
                       1.0f / std::sqrt(static_cast<float>(shape_.head_dim)), shape_.windows[static_cast<size_t>(i)]};
    for (int module = 0; module < kModules; ++module) {
      layer.linears[static_cast<size_t>(module)] = make_linear(prefix + kModuleNames[module]);
      linears_.emplace_back(prefix + kModuleNames[module], &layer.linears[static_cast<size_t>(module)]);
    }
  }
  final_norm_ = norm("model.norm.weight");
  embedding_ = find_weight("model.embed_tokens.weight");
  head_ = shape_.tied_head ? embedding_ : find_weight("lm_head.weight");
  if (!embedding_ || !head_ || !final_norm_) throw Error("unknown-tensor", "embedding, head or final norm");
}

void Transformer::adapt_linears(const TransformerSpec& spec) {
  make_projection(spec);
  const float initial_d = round_to(spec.vera.dtype, spec.vera.initial_d);
  LowRankStart start{spec.training, spec.seed, 0, projection_.get(), initial_d, nullptr};
  for (const LowRankSpec& adapter : spec.adapters) {
    auto* linear = const_cast<Linear*>(find_linear(adapter.name));
    if (!linear) throw Error("unknown-tensor", adapter.name);
    ++start.stream;
    const auto known = spec.principal_pairs.find(adapter.name);
    start.principal = known == spec.principal_pairs.end() ? nullptr : &known->second;
    linear->adapt(std::make_unique<LowRank>(ops_, adapter, linear->weight().value, start));
  }
}

/** As large as the widest and the tallest of VeRA's modules need it. */
void Transformer::make_projection(const TransformerSpec& spec) {
  ProjectionSpec projection{spec.vera.seed, 0, 0, 0, spec.vera.dtype};
  for (const LowRankSpec& adapter : spec.adapters) {
    const Linear* linear = find_linear(adapter.name);
    if (adapter.kind != LowRankKind::kVera || !linear) continue;
    projection.rank = adapter.rank;
    projection.in = std::max(projection.in, linear->in());
    projection.out = std::max(projection.out, linear->out());
  }
  if (projection.rank > 0) projection_ = std::make_unique<Projection>(ops_, projection);
}

const Linear* Transformer::find_linear(const std::string& module) const {
  const auto found =
      std::find_if(linears_.begin(), linears_.end(), [&](const auto& entry) { return entry.first == module; });
  return found == linears_.end() ? nullptr : found->second;
}

void Transformer::collect_parameters() {
  for (const auto& [name, linear] : linears_) {
    if (!linear->adapter()) continue;
    for (Parameter* parameter : linear->adapter()->parameters()) parameters_.push_back(parameter);
  }
  for (auto& [name, weight] : own_weights_->weights)
    if (weight.trained) parameters_.push_back(weight.trained.get());
  first_trained_layer_ = shape_.layers;
  for (int64_t i = shape_.layers - 1; i >= 0; --i)
    if (layers_[static_cast<size_t>(i)].is_trained()) first_trained_layer_ = i;
  if (embedding_->trained) first_trained_layer_ = 0;
}

Parameter* Transformer::find_parameter(const std::string& name) const {
  for (Parameter* parameter : parameters_)
    if (parameter->name() == name) return parameter;
  return nullptr;
}

/** DoRA's norms and gains of all modules, from the parameters, and what the host has to know of them: once for all. */
void Transformer::refresh_gains(Pass& pass) {
  if (!gains_are_stale_) return;
  std::vector<LowRank*> adapters;
  std::vector<Tensor> gains;
  for (size_t i = 0; i < layers_.size(); ++i) {
    pass.ops.enter({ModelPlace::Part::kLayer, static_cast<int32_t>(i)});
    for (const Linear& linear : layers_[i].linears) {
      LowRank* const adapter = linear.adapter();
      if (!adapter || !adapter->is_dora()) continue;
      adapter->update_gain(pass, linear.weight().value);
      adapters.push_back(adapter);
      gains.push_back(adapter->gain());
    }
  }
  std::vector<uint8_t> outputs_tell(gains.size());
  if (!gains.empty()) pass.ops.are_large(outputs_tell.data(), gains, kTellingGain);
  for (size_t i = 0; i < adapters.size(); ++i) adapters[i]->outputs_tell(outputs_tell[i] != 0);
  gains_are_stale_ = false;
}

void Transformer::embed(Pass& pass, Tensor x, const int32_t* tokens) {
  refresh_gains(pass);
  pass.ops.enter({ModelPlace::Part::kEmbedding});
  pass.ops.embedding_forward(x, embedding_->value, tokens);
}

Pass Transformer::inference_pass() {
  saved_.reset();
  scratch_.reset();
  return Pass{ops_, saved_, scratch_, false, false, 0};
}

void Transformer::head(Pass& pass, Tensor logits, Tensor x) const {
  pass.ops.enter({ModelPlace::Part::kHead});
  const ArenaScope scope(pass.scratch);
  const Tensor normed = pass.scratch.take(x.rows, x.cols);
  final_norm_.forward(pass, normed, pass.scratch.take_f32(x.rows, 1), x);
  pass.product(logits, normed, head_->value, 1.0f, false);
}

}  // namespace adapter_lab
