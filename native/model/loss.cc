// Transformer: training and validation loss. Logits exist for a chunk of tokens at a time, never for all.
#include <algorithm>
#include <numeric>

#include "core/ceil_div.h"
#include "model/transformer.h"

namespace adapter_lab {
namespace {

constexpr int64_t kLogitFloats = int64_t{8} << 20;  // 32 MB of logits at a time

/** Rows of one chunk, chunks of nearly equal size. */
int64_t chunk_rows(int64_t rows, int64_t vocabulary) {
  const int64_t most = std::clamp<int64_t>(kLogitFloats / vocabulary, 16, 1024);
  return ceil_div(rows, ceil_div(rows, most));
}

ModelPlace layer_place(int64_t layer, bool is_backward) {
  return {ModelPlace::Part::kLayer, static_cast<int32_t>(layer), is_backward};
}

}  // namespace

/** The rows that count, and their targets. */
struct Transformer::Counted {
  explicit Counted(std::span<const int32_t> all) {
    for (size_t i = 0; i < all.size(); ++i) {
      if (all[i] < 0) continue;
      rows.push_back(static_cast<int32_t>(i));
      targets.push_back(all[i]);
    }
  }
  int64_t count() const { return static_cast<int64_t>(rows.size()); }
  std::vector<int32_t> rows;
  std::vector<int32_t> targets;
};

/** losses (counted rows, 1) is set; with dx, the gradient of scale x loss is added to x's counted rows. */
void Transformer::head_loss(Pass& pass, Tensor losses, Tensor dx, Tensor x, const Counted& counted,
                            float scale) const {
  ops_.enter({ModelPlace::Part::kHead});
  const ArenaScope scope(pass.scratch);
  const int64_t rows = counted.count();
  const Tensor gathered = pass.scratch.take(rows, x.cols);
  const Tensor normed = pass.scratch.take(rows, x.cols);
  const Tensor rstd = pass.scratch.take_f32(rows, 1);
  ops_.embedding_forward(gathered, x, counted.rows.data());
  final_norm_.forward(pass, normed, rstd, gathered);
  const Tensor dnormed = dx.empty() ? Tensor() : pass.scratch.take(rows, x.cols);
  const int64_t step = chunk_rows(rows, shape_.vocabulary);
  const Tensor all_logits = pass.scratch.take_f32(step, shape_.vocabulary);
  for (int64_t first = 0; first < rows; first += step) {
    const int64_t count = std::min(step, rows - first);
    const Tensor logits = all_logits.slice(0, count);
    pass.product(logits, normed.slice(first, count), head_->value, 1.0f, false);
    const int32_t* targets = counted.targets.data() + first;
    if (dx.empty()) {
      ops_.cross_entropy_loss(losses.slice(first, count), logits, targets);
      continue;
    }
    ops_.cross_entropy(losses.slice(first, count), logits, targets, scale);
    ops_.gemm(dnormed.slice(first, count), logits, false, head_->value, false, 1.0f, 0.0f);
    if (head_->trained) head_->trained->add_product(logits, true, normed.slice(first, count), false, 1.0f);
  }
  if (dx.empty()) return;
  const Tensor dgathered = all_logits.count() >= gathered.count() ? Tensor(all_logits.data, rows, x.cols, x.dtype)
                                                                  : pass.scratch.take(rows, x.cols);
  ops_.zero(dgathered);
  final_norm_.backward(pass, dgathered, dnormed, gathered, rstd);
  ops_.embedding_backward(dx, dgathered, counted.rows.data());
}

/** Waits for them. */
LossSum Transformer::sum_of(Tensor losses) const {
  ops_.enter({ModelPlace::Part::kHead});
  std::vector<float> host(static_cast<size_t>(losses.rows));
  ops_.download(host.data(), losses);
  return {std::accumulate(host.begin(), host.end(), 0.0), losses.rows};
}

Tensor Transformer::forward_kept(Pass& pass, Tensor x, const Texts& texts, std::vector<Layer::Saved>& saved) const {
  for (size_t i = 0; i < layers_.size(); ++i) {
    ops_.enter(layer_place(static_cast<int64_t>(i), false));
    if (!checkpointing_) {
      x = layers_[i].forward(pass, x, texts, saved[i]);
      continue;
    }
    saved[i].x = x;
    const Tensor next = pass.saved.take(x.rows, x.cols);
    ops_.copy(next, x);
    const ArenaScope scope(pass.saved);
    Pass light = pass;
    light.keep = false;
    Layer::Saved dropped;
    x = layers_[i].forward(light, next, texts, dropped);
  }
  return x;
}

void Transformer::backward(Pass& pass, Tensor dx, const Texts& texts, std::vector<Layer::Saved>& saved) const {
  for (int64_t i = shape_.layers - 1; i >= first_trained_layer_; --i) {
    ops_.enter(layer_place(i, true));
    const Layer& layer = layers_[static_cast<size_t>(i)];
    Layer::Saved& layer_saved = saved[static_cast<size_t>(i)];
    const ArenaScope scope(pass.saved);
    if (checkpointing_) layer.forward(pass, layer_saved.x, texts, layer_saved);
    const bool input_needed = i > first_trained_layer_ || embedding_->trained != nullptr;
    layer.backward(pass, dx, input_needed, texts, layer_saved);
  }
}

LossSum Transformer::accumulate(const PackedBatch& batch, float scale, uint64_t dropout_seed) {
  saved_.reset();
  scratch_.reset();
  Pass pass{ops_, saved_, scratch_, true, true, dropout_seed};
  const Packing packing(batch.lengths);
  rotary_.reserve(packing.longest);
  const Texts texts{{packing.starts}, packing.positions.data(), rotary_};
  const auto rows = static_cast<int64_t>(batch.tokens.size());
  const Tensor input = saved_.take(rows, shape_.hidden);
  embed(pass, input, batch.tokens.data());
  std::vector<Layer::Saved> saved(layers_.size());
  const Tensor x = forward_kept(pass, input, texts, saved);
  const Tensor dx = saved_.take(rows, shape_.hidden);
  ops_.zero(dx);
  const Counted counted(batch.targets);
  if (counted.count() == 0) return {};
  const Tensor losses = saved_.take_f32(counted.count(), 1);
  zero_vectors(ops_, parameters_);
  head_loss(pass, losses, dx, x, counted, scale);
  backward(pass, dx, texts, saved);
  ops_.enter({ModelPlace::Part::kEmbedding, 0, true});
  if (embedding_->trained) ops_.embedding_backward(embedding_->trained->gradient(), dx, batch.tokens.data());
  // Only now: the host begins the pass back while the losses are computed.
  return sum_of(losses);
}

Tensor Transformer::forward_light(Pass& pass, std::span<const int32_t> tokens, const Packing& packing) {
  rotary_.reserve(packing.longest);
  const Texts texts{{packing.starts}, packing.positions.data(), rotary_};
  const Tensor x = pass.saved.take(static_cast<int64_t>(tokens.size()), shape_.hidden);
  embed(pass, x, tokens.data());
  for (size_t i = 0; i < layers_.size(); ++i) {
    ops_.enter(layer_place(static_cast<int64_t>(i), false));
    const ArenaScope scope(pass.saved);
    Layer::Saved dropped;
    layers_[i].forward(pass, x, texts, dropped);
  }
  return x;
}

LossSum Transformer::loss(const PackedBatch& batch) {
  Pass pass = inference_pass();
  const Tensor x = forward_light(pass, batch.tokens, Packing(batch.lengths));
  const Counted counted(batch.targets);
  if (counted.count() == 0) return {};
  const Tensor losses = saved_.take_f32(counted.count(), 1);
  head_loss(pass, losses, Tensor(), x, counted, 1.0f);
  return sum_of(losses);
}

void Transformer::logits(std::span<const int32_t> tokens, float* host) {
  Pass pass = inference_pass();
  const auto rows = static_cast<int64_t>(tokens.size());
  const auto length = static_cast<int32_t>(rows);
  const Tensor x = forward_light(pass, tokens, Packing({&length, 1}));
  const int64_t step = chunk_rows(rows, shape_.vocabulary);
  const Tensor logits = pass.scratch.take_f32(step, shape_.vocabulary);
  for (int64_t first = 0; first < rows; first += step) {
    const int64_t count = std::min(step, rows - first);
    head(pass, logits.slice(0, count), x.slice(first, count));
    ops_.download(host + first * shape_.vocabulary, logits.slice(0, count));
  }
}

}  // namespace adapter_lab
