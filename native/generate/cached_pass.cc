#include "generate/cached_pass.h"

#include <algorithm>
#include <utility>

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
  for (size_t i = 0; i < model.layers().size(); ++i) run_layer(pass, model, i, {x, ends}, texts);
  return ends;
}

void CachedPass::run_layer(Pass& pass, Transformer& model, size_t index, States states,
                           std::span<const CachedText> texts) const {
  auto [x, ends] = states;
  const Layer& layer = model.layers()[index];
  const ArenaScope scope(pass.saved);
  const int64_t at = static_cast<int64_t>(index) * layer_floats_;
  Layer::Saved saved;
  layer.project(pass, x, {{}, positions_.data(), model.rotary()}, saved);
  const Attended& rows = saved.attention;
  pass.ops.cache_store(places_, rows.k, rows.v, at, layer.attention);
  const bool is_last = index + 1 == model.layers().size();
  if (is_last && wanted() == 0) return;
  Tensor attended = pass.saved.take(x.rows, rows.q.cols);
  pass.ops.attention_cached(attended, rows.q, texts, cached_, at, layer.attention);
  if (is_last) {
    pass.ops.embedding_forward(ends, x, wanted_.data());
    const Tensor all = std::exchange(attended, pass.saved.take(wanted(), rows.q.cols));
    pass.ops.embedding_forward(attended, all, wanted_.data());
    x = ends;
  }
  layer.finish_attention(pass, x, attended, saved);
  layer.mlp(pass, x, saved);
}

}  // namespace adapter_lab
