#include "model/generator.h"

#include <algorithm>
#include <utility>

namespace adapter_lab {
namespace {

/** Keys and values of one layer, (positions, kv_heads head_dim). */
struct KeyValues {
  Tensor k;
  Tensor v;
};

class Generator {
 public:
  Generator(Ops& ops, Transformer& model, const GenerateRequest& request)
      : ops_(ops),
        model_(model),
        request_(request),
        pass_(model.inference_pass()),
        packing_(lengths(request)),
        kv_width_(model.shape().kv_heads * model.shape().head_dim) {}

  std::vector<std::vector<int32_t>> run() {
    for (size_t i = 0; i < request_.prompts.size(); ++i)
      searches_.emplace_back(request_.beams, request_.max_new_tokens, request_.end_tokens);
    model_.rotary().reserve(packing_.longest + request_.max_new_tokens);
    allocate_caches();
    prefill();
    for (int64_t step = 0; any_running(); ++step) decode(step);
    std::vector<std::vector<int32_t>> texts;
    for (const BeamSearch& search : searches_) texts.push_back(search.best());
    return texts;
  }

 private:
  /** One beam of one prompt in the current step. */
  struct Row {
    size_t prompt;
    int64_t beam;
  };

  static std::vector<int32_t> lengths(const GenerateRequest& request) {
    std::vector<int32_t> lengths;
    for (const auto& prompt : request.prompts) lengths.push_back(static_cast<int32_t>(prompt.size()));
    return lengths;
  }

  bool any_running() const {
    return std::any_of(searches_.begin(), searches_.end(), [](const auto& search) { return !search.finished(); });
  }

  KeyValues take(int64_t positions) {
    return {pass_.saved.take(positions, kv_width_), pass_.saved.take(positions, kv_width_)};
  }

  void allocate_caches() {
    const auto prompts = static_cast<int64_t>(request_.prompts.size());
    const int64_t own_positions = prompts * request_.beams * request_.max_new_tokens;
    for (size_t i = 0; i < model_.layers().size(); ++i) {
      prompt_cache_.push_back(take(packing_.starts.back()));
      own_cache_.push_back(take(own_positions));
      if (request_.beams > 1) spare_cache_.push_back(take(own_positions));
    }
  }

  /** Row of a beam's own cache at `step`. */
  int64_t own_row(const Row& row, int64_t step) const {
    return (static_cast<int64_t>(row.prompt) * request_.beams + row.beam) * request_.max_new_tokens + step;
  }

  void prefill() {
    const ArenaScope outer(pass_.saved);
    std::vector<int32_t> tokens;
    for (const auto& prompt : request_.prompts) tokens.insert(tokens.end(), prompt.begin(), prompt.end());
    const Texts texts{{packing_.starts}, packing_.positions.data(), model_.rotary()};
    const Tensor x = pass_.saved.take(static_cast<int64_t>(tokens.size()), model_.shape().hidden);
    model_.embed(pass_, x, tokens.data());
    for (size_t i = 0; i < model_.layers().size(); ++i) {
      const ArenaScope scope(pass_.saved);
      Layer::Saved saved;
      model_.layers()[i].forward(pass_, x, texts, saved);
      ops_.copy(prompt_cache_[i].k, saved.k);
      ops_.copy(prompt_cache_[i].v, saved.v);
    }
    std::vector<int32_t> last;
    std::vector<Row> rows;
    for (size_t i = 0; i < request_.prompts.size(); ++i) {
      last.push_back(packing_.starts[i + 1] - 1);
      rows.push_back({i, 0});
    }
    const Tensor ends = pass_.saved.take(static_cast<int64_t>(rows.size()), x.cols);
    ops_.embedding_forward(ends, x, last.data());
    choose(ends, rows, 0);
  }

  /** Runs the tokens chosen at `step` and chooses those of step + 1. */
  void decode(int64_t step) {
    std::vector<Row> rows;
    std::vector<int32_t> tokens;
    std::vector<int32_t> positions;
    for (size_t prompt = 0; prompt < searches_.size(); ++prompt) {
      if (searches_[prompt].finished()) continue;
      for (size_t beam = 0; beam < searches_[prompt].running().size(); ++beam) {
        rows.push_back({prompt, static_cast<int64_t>(beam)});
        tokens.push_back(searches_[prompt].running()[beam].tokens.back());
        positions.push_back(packing_.starts[prompt + 1] - packing_.starts[prompt] + static_cast<int32_t>(step));
      }
    }
    const ArenaScope outer(pass_.saved);
    const Texts texts{{}, positions.data(), model_.rotary()};
    const Tensor x = pass_.saved.take(static_cast<int64_t>(rows.size()), model_.shape().hidden);
    model_.embed(pass_, x, tokens.data());
    for (size_t i = 0; i < model_.layers().size(); ++i) decode_layer(i, x, texts, rows, step);
    choose(x, rows, step + 1);
  }

  void decode_layer(size_t index, Tensor x, const Texts& texts, const std::vector<Row>& rows, int64_t step) {
    const Layer& layer = model_.layers()[index];
    const ArenaScope scope(pass_.saved);
    Layer::Saved saved;
    layer.project(pass_, x, texts, saved);
    std::vector<CacheSpan> spans;
    for (size_t i = 0; i < rows.size(); ++i) {
      const auto at = static_cast<int64_t>(i);
      ops_.copy(own_cache_[index].k.slice(own_row(rows[i], step), 1), saved.k.slice(at, 1));
      ops_.copy(own_cache_[index].v.slice(own_row(rows[i], step), 1), saved.v.slice(at, 1));
      add_spans(spans, index, rows[i], step);
    }
    const Tensor attended = pass_.saved.take(x.rows, saved.q.cols);
    ops_.attention_decode(attended, saved.q, spans, layer.attention);
    layer.finish_attention(pass_, x, attended, saved);
    layer.mlp(pass_, x, saved);
  }

  /** What a row sees: the prompt, then its own tokens up to `step`, the window's worth. */
  void add_spans(std::vector<CacheSpan>& spans, size_t layer, const Row& row, int64_t step) const {
    const int64_t window = model_.layers()[layer].attention.window;
    const int64_t prompt_length = packing_.starts[row.prompt + 1] - packing_.starts[row.prompt];
    const int64_t total = prompt_length + step + 1;
    const int64_t hidden = window > 0 ? std::max<int64_t>(0, total - window) : 0;
    const int64_t prompt_hidden = std::min(hidden, prompt_length);
    const int64_t own_hidden = hidden - prompt_hidden;
    const KeyValues& prompt = prompt_cache_[layer];
    const KeyValues& own = own_cache_[layer];
    const int64_t prompt_first = packing_.starts[row.prompt] + prompt_hidden;
    const int64_t own_first = own_row(row, own_hidden);
    spans.push_back({prompt.k.row(prompt_first), prompt.v.row(prompt_first), prompt_length - prompt_hidden});
    spans.push_back({own.k.row(own_first), own.v.row(own_first), step + 1 - own_hidden});
  }

  /** Hands the best next tokens of each row (final hidden states x) to its search; `length` tokens were chosen before.
   */
  void choose(Tensor x, const std::vector<Row>& rows, int64_t length) {
    const int64_t vocabulary = model_.shape().vocabulary;
    const int64_t candidates = std::min(searches_.front().candidates_per_beam(), vocabulary);
    std::vector<float> values(rows.size() * static_cast<size_t>(candidates));
    std::vector<int32_t> tokens(values.size());
    constexpr int64_t kRowsAtOnce = 64;
    {
      const ArenaScope scope(pass_.scratch);
      const Tensor logits = pass_.scratch.take(std::min(kRowsAtOnce, x.rows), vocabulary);
      for (int64_t first = 0; first < x.rows; first += kRowsAtOnce) {
        const int64_t count = std::min(kRowsAtOnce, x.rows - first);
        model_.head(pass_, logits.slice(0, count), x.slice(first, count));
        ops_.top_log_probabilities(values.data() + first * candidates, tokens.data() + first * candidates,
                                   logits.slice(0, count), candidates);
      }
    }
    for (size_t i = 0; i < rows.size();) {
      BeamSearch& search = searches_[rows[i].prompt];
      const size_t beams = search.running().size();
      const size_t at = i * static_cast<size_t>(candidates);
      const size_t count = beams * static_cast<size_t>(candidates);
      search.advance({values.data() + at, count}, {tokens.data() + at, count}, candidates);
      i += beams;
    }
    if (request_.beams > 1 && length > 0) follow_parents(length);
  }

  /** Each beam's own cache becomes its parent's: `length` positions of every layer. */
  void follow_parents(int64_t length) {
    for (size_t layer = 0; layer < own_cache_.size(); ++layer) {
      for (size_t prompt = 0; prompt < searches_.size(); ++prompt) {
        if (searches_[prompt].finished()) continue;
        const auto running = searches_[prompt].running();
        for (size_t beam = 0; beam < running.size(); ++beam) {
          const int64_t from = own_row({prompt, running[beam].parent}, 0);
          const int64_t to = own_row({prompt, static_cast<int64_t>(beam)}, 0);
          ops_.copy(spare_cache_[layer].k.slice(to, length), own_cache_[layer].k.slice(from, length));
          ops_.copy(spare_cache_[layer].v.slice(to, length), own_cache_[layer].v.slice(from, length));
        }
      }
    }
    std::swap(own_cache_, spare_cache_);
  }

  Ops& ops_;
  Transformer& model_;
  const GenerateRequest& request_;
  Pass pass_;
  Packing packing_;
  int64_t kv_width_;
  std::vector<BeamSearch> searches_;
  std::vector<KeyValues> prompt_cache_;
  std::vector<KeyValues> own_cache_;
  std::vector<KeyValues> spare_cache_;
};

}  // namespace

std::vector<std::vector<int32_t>> generate(Ops& ops, Transformer& model, const GenerateRequest& request) {
  if (request.prompts.empty()) return {};
  return Generator(ops, model, request).run();
}

}  // namespace adapter_lab
