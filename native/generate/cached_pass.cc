#include "generate/cached_pass.h"

#include <algorithm>

namespace adapter_lab {

void CachedPass::add(int32_t token, const CachedRow& row, int64_t place) {
  Text& text = texts_.back();
  ++text.count;
  tokens_.push_back(token);
  positions_.push_back(static_cast<int32_t>(row.position));
  cached_.push_back(row);
  places_.push_back(text.cache->at(place));
}

Tensor CachedPass::run(Pass& pass, Transformer& model) const {
  model.rotary().reserve(*std::max_element(positions_.begin(), positions_.end()) + 1);
  std::vector<CachedText> texts;
  for (const Text& text : texts_)
    if (text.count > 0) texts.push_back({text.first, text.count, text.cache->blocks()});
  const Tensor ends = pass.saved.take(wanted(), model.shape().hidden);
  const ArenaScope scope(pass.saved);
  const Tensor x = pass.saved.take(rows(), model.shape().hidden);
  model.embed(pass, x, tokens_.data());
  for (size_t i = 0; i < model.layers().size(); ++i) run_layer(pass, model, i, x, ends, texts);
  return ends;
}

void CachedPass::run_layer(Pass& pass, Transformer& model, size_t index, Tensor x, Tensor ends,
                           std::span<const CachedText> texts) const {
  const Layer& layer = model.layers()[index];
  const ArenaScope scope(pass.saved);
  const int64_t at = static_cast<int64_t>(index) * layer_floats_;
  Layer::Saved saved;
  layer.project(pass, x, {{}, positions_.data(), model.rotary()}, saved);
  Attended& rows = saved.attention;
  pass.ops.cache_store(places_, rows.k, rows.v, at, layer.attention);
  const bool is_last = index + 1 == model.layers().size();
  if (is_last && wanted() == 0) return;
  rows.y = pass.saved.take(x.rows, rows.q.cols);
  pass.ops.attention_cached(rows.y, rows.q, texts, cached_, at, layer.attention);
  const Tensor y = layer.finish(pass, is_last ? std::span(wanted_) : std::span<const int32_t>(), saved);
  if (is_last) pass.ops.copy(ends, y);
}

}  // namespace adapter_lab
