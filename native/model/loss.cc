// Transformer: training and validation loss. Logits exist for a chunk of tokens at a time, never for all.
#include <algorithm>

#include "core/ceil_div.h"
#include "model/rows.h"
#include "model/transformer.h"

namespace adapter_lab {
namespace {

constexpr int64_t kLogitFloats = int64_t{8} << 20;  // 32 MB of logits at a time

/** Rows of one chunk, chunks of nearly equal size. */
int64_t chunk_rows(int64_t rows, int64_t vocabulary) {
  const int64_t most = std::clamp<int64_t>(kLogitFloats / vocabulary, 16, 1024);
  return ceil_div(rows, ceil_div(rows, most));
}

/** visit(begin, length) for each run of equal numbers in [from, to). */
template <typename Visit>
void each_run(std::span<const int32_t> numbers, int64_t from, int64_t to, const Visit& visit) {
  while (from < to) {
    const auto begin = numbers.begin() + from;
    const auto end = std::find_if(begin, numbers.begin() + to, [&](int32_t number) { return number != *begin; });
    visit(from, end - begin);
    from += end - begin;
  }
}

ModelPlace layer_place(int64_t layer, bool is_backward) {
  return {ModelPlace::Part::kLayer, static_cast<int32_t>(layer), is_backward};
}

}  // namespace

/** losses (targets, 1) is set; with dx, the gradient of scale x loss is added to x's counted rows. */
void Transformer::head_loss(Pass& pass, Tensor losses, Tensor dx, Tensor x, const Packing& packing,
                            float scale) const {
  ops_.enter({ModelPlace::Part::kHead});
  const ArenaScope scope(pass.scratch);
  const int64_t rows = losses.rows;
  const Tensor states = gathered(ops_, pass.scratch, x, packing.counted);
  const Tensor normed = pass.scratch.take(rows, x.cols);
  const Tensor rstd = pass.scratch.take_f32(rows, 1);
  final_norm_.forward(pass, normed, rstd, states);
  const Tensor dnormed = dx.empty() ? Tensor() : pass.scratch.take(rows, x.cols);
  const int64_t step = chunk_rows(rows, shape_.vocabulary);
  const Tensor all_logits = pass.scratch.take_f32(step, shape_.vocabulary);
  for (int64_t first = 0; first < rows; first += step) {
    const int64_t count = std::min(step, rows - first);
    const Tensor logits = all_logits.slice(0, count);
    pass.product(logits, normed.slice(first, count), head_->value, 1.0f, false);
    if (dx.empty()) {
      ops_.cross_entropy_loss(losses.slice(first, count), logits, packing.targets.data() + first);
      continue;
    }
    each_run(packing.times, first, first + count, [&](int64_t begin, int64_t length) {
      const float times = static_cast<float>(packing.times[static_cast<size_t>(begin)]);
      ops_.cross_entropy(losses.slice(begin, length), logits.slice(begin - first, length),
                         packing.targets.data() + begin, scale * times);
    });
    ops_.gemm(dnormed.slice(first, count), logits, false, head_->value, false, 1.0f, 0.0f);
    if (head_->trained) head_->trained->add_product(logits, true, normed.slice(first, count), false, 1.0f);
  }
  if (dx.empty()) return;
  const Tensor dstates = all_logits.count() >= states.count() ? Tensor(all_logits.data, rows, x.cols, x.dtype)
                                                              : pass.scratch.take(rows, x.cols);
  ops_.zero(dstates);
  final_norm_.backward(pass, dstates, dnormed, states, rstd);
  ops_.embedding_backward(dx, dstates, packing.counted.data());
}

/** Waits for them. */
LossSum Transformer::sum_of(Tensor losses, const Packing& packing) const {
  ops_.enter({ModelPlace::Part::kHead});
  std::vector<float> host(static_cast<size_t>(losses.rows));
  ops_.download(host.data(), losses);
  LossSum sum;
  for (size_t i = 0; i < host.size(); ++i) {
    sum.loss += static_cast<double>(host[i]) * packing.times[i];
    sum.tokens += packing.times[i];
  }
  return sum;
}

Texts Transformer::texts_of(const Packing& packing) {
  rotary_.reserve(packing.longest);
  return {{packing.starts}, packing.positions.data(), rotary_, packing.row_of, packing.place_of};
}

Tensor Transformer::forward_kept(Pass& pass, Tensor x, const Texts& texts, const Packing& packing,
                                 std::vector<Layer::Saved>& saved) const {
  for (int64_t i = 0; i < shape_.layers; ++i) {
    ops_.enter(layer_place(i, false));
    const Layer& layer = layers_[static_cast<size_t>(i)];
    Layer::Saved& own = saved[static_cast<size_t>(i)];
    if (is_recomputed(i, packing)) {
      own.x = x;
      const Tensor next = pass.saved.take(x.rows, x.cols);
      ops_.copy(next, x);
      const ArenaScope scope(pass.saved);
      Pass light = pass;
      light.keep = false;
      Layer::Saved dropped;
      x = layer.forward(light, next, texts, {}, dropped);
    } else {
      x = layer.forward(pass, x, texts, wanted_of(i, packing), own);
    }
  }
  return x;
}

void Transformer::backward(Pass& pass, Tensor dx, Tensor dy, const Texts& texts, const Packing& packing,
                           std::vector<Layer::Saved>& saved) const {
  for (int64_t i = shape_.layers - 1; i >= first_trained_layer_; --i) {
    ops_.enter(layer_place(i, true));
    const Layer& layer = layers_[static_cast<size_t>(i)];
    Layer::Saved& own = saved[static_cast<size_t>(i)];
    const ArenaScope scope(pass.saved);
    if (is_recomputed(i, packing)) layer.forward(pass, own.x, texts, {}, own);
    const bool input_needed = i > first_trained_layer_ || embedding_->trained != nullptr;
    layer.backward(pass, dx, is_last(i) ? dy : dx, input_needed, texts, wanted_of(i, packing), own);
  }
}

LossSum Transformer::accumulate(const PackedBatch& batch, float scale, uint64_t dropout_seed) {
  const Packing packing(batch);
  if (packing.targets.empty()) return {};
  saved_.reset();
  scratch_.reset();
  Pass pass{ops_, saved_, scratch_, true, true, dropout_seed};
  const Texts texts = texts_of(packing);
  const Tensor input = saved_.take(packing.rows(), shape_.hidden);
  embed(pass, input, packing.tokens.data());
  std::vector<Layer::Saved> saved(layers_.size());
  const Tensor x = forward_kept(pass, input, texts, packing, saved);
  const Tensor dx = saved_.take(packing.rows(), shape_.hidden);
  ops_.zero(dx);
  const Tensor dy = packing.wanted.empty() ? dx : saved_.take(packing.ends(), shape_.hidden);
  if (!packing.wanted.empty()) ops_.zero(dy);
  const Tensor losses = saved_.take_f32(static_cast<int64_t>(packing.targets.size()), 1);
  zero_vectors(ops_, parameters_);
  head_loss(pass, losses, dy, x, packing, scale);
  backward(pass, dx, dy, texts, packing, saved);
  ops_.enter({ModelPlace::Part::kEmbedding, 0, true});
  if (embedding_->trained) ops_.embedding_backward(embedding_->trained->gradient(), dx, packing.tokens.data());
  // Only now: the host begins the pass back while the losses are computed.
  return sum_of(losses, packing);
}

Tensor Transformer::forward_light(Pass& pass, const Packing& packing) {
  const Texts texts = texts_of(packing);
  const Tensor ends = pass.saved.take(packing.ends(), shape_.hidden);
  const ArenaScope all(pass.saved);
  const Tensor x = pass.saved.take(packing.rows(), shape_.hidden);
  embed(pass, x, packing.tokens.data());
  for (int64_t i = 0; i < shape_.layers; ++i) {
    ops_.enter(layer_place(i, false));
    const ArenaScope scope(pass.saved);
    Layer::Saved dropped;
    const Tensor y = layers_[static_cast<size_t>(i)].forward(pass, x, texts, wanted_of(i, packing), dropped);
    if (is_last(i)) ops_.copy(ends, y);
  }
  return ends;
}

LossSum Transformer::loss(const PackedBatch& batch) {
  const Packing packing(batch);
  if (packing.targets.empty()) return {};
  Pass pass = inference_pass();
  const Tensor x = forward_light(pass, packing);
  const Tensor losses = saved_.take_f32(static_cast<int64_t>(packing.targets.size()), 1);
  head_loss(pass, losses, Tensor(), x, packing, 1.0f);
  return sum_of(losses, packing);
}

void Transformer::logits(std::span<const int32_t> tokens, float* host) {
  Pass pass = inference_pass();
  const auto rows = static_cast<int64_t>(tokens.size());
  const Packing packing({{tokens.begin(), tokens.end()}, {}, {static_cast<int32_t>(rows)}});
  const Tensor x = forward_light(pass, packing);
  const int64_t step = chunk_rows(rows, shape_.vocabulary);
  const Tensor logits = pass.scratch.take_f32(step, shape_.vocabulary);
  for (int64_t first = 0; first < rows; first += step) {
    const int64_t count = std::min(step, rows - first);
    head(pass, logits.slice(0, count), x.slice(first, count));
    ops_.download(host + first * shape_.vocabulary, logits.slice(0, count));
  }
}

}  // namespace adapter_lab
