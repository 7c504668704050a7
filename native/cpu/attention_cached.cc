// Attention of new tokens to cached keys and values, with a running softmax over tiles of keys as in the forward pass.
// The query heads that share a key/value head, and rows that share a text, stand one below the other, so that the cache
// is read once for all of them. Tiles start at multiples of kTileKeys, wherever a row's keys begin: what a row sums,
// and in which order, depends on its own keys alone.
#include <cmath>
#include <cstring>
#include <limits>

#include "cpu/attention_blocks.h"
#include "cpu/cpu_ops.h"

namespace adapter_lab {
namespace {

constexpr int64_t kTileBlocks = 8;
constexpr int64_t kTileKeys = kTileBlocks * kCacheBlock;
constexpr int64_t kStackedRows = 32;
constexpr float kUnseen = -std::numeric_limits<float>::infinity();

/** Some rows of one text. */
struct Part {
  const CachedText* text;
  std::span<const CachedRow> rows;
  int64_t first;  // row of q
};

int64_t end_of(const CachedRow& row) {
  int64_t end = std::min(row.position + 1, row.in_order);
  for (const int32_t place : row.scattered) end = std::max<int64_t>(end, place + 1);
  return end;
}

/** The rows of a part under one key/value head. */
class StackedHeads {
 public:
  StackedHeads(const Kernels& kernels, const Part& part, int64_t layer, AttentionShape shape)
      : kernels_(kernels),
        part_(part),
        layer_(layer),
        shape_(shape),
        group_(shape.heads / shape.kv_heads),
        count_(static_cast<int64_t>(part.rows.size()) * group_),
        most_(static_cast<size_t>(count_), kUnseen),
        sum_(static_cast<size_t>(count_), 0.0) {
    const int64_t wide = count_ * shape.head_dim;
    queries_ = attention_scratch(2 * wide + (count_ + 1) * kTileKeys);
    result_ = queries_ + wide;
    weights_ = result_ + wide;
    row_ = weights_ + count_ * kTileKeys;
  }

  void attend(Tensor y, Tensor q, int64_t shared_head) {
    const int64_t dim = shape_.head_dim;
    const auto each_head = [&](auto&& visit) {
      for (int64_t i = 0; i < count_; ++i)
        visit(i, part_.first + i / group_, (shared_head * group_ + i % group_) * dim);
    };
    const auto bytes = static_cast<size_t>(dim) * sizeof(float);
    each_head([&](int64_t i, int64_t row, int64_t col) { std::memcpy(queries_ + i * dim, q.row(row) + col, bytes); });
    int64_t begin = std::numeric_limits<int64_t>::max();
    int64_t end = 0;
    for (const CachedRow& row : part_.rows) {
      begin = std::min({begin, first_key(row.position, shape_.window), row.in_order});
      end = std::max(end, end_of(row));
    }
    for (int64_t first = begin / kTileKeys * kTileKeys; first < end; first += kTileKeys)
      add_tile(shared_head, first, std::max(first, begin / kCacheBlock * kCacheBlock),
               std::min(first + kTileKeys, end));
    for (int64_t i = 0; i < count_; ++i)
      kernels_.scale(result_ + i * dim, static_cast<float>(1.0 / sum_[static_cast<size_t>(i)]), dim);
    each_head([&](int64_t i, int64_t row, int64_t col) { std::memcpy(y.row(row) + col, result_ + i * dim, bytes); });
  }

 private:
  /** Places [from, to) of the tile that starts at `first`. */
  void add_tile(int64_t shared_head, int64_t first, int64_t from, int64_t to) {
    const int64_t dim = shape_.head_dim;
    const int64_t head = layer_ + shared_head * dim * kCacheBlock;
    const int64_t values = shape_.kv_heads * dim * kCacheBlock;
    const auto block = [&](int64_t place) {
      return part_.text->blocks[static_cast<size_t>(place / kCacheBlock)] + head;
    };
    const int64_t whole = (to + kCacheBlock - 1) / kCacheBlock * kCacheBlock;
    for (int64_t place = from; place < whole; place += kCacheBlock)
      kernels_.small_product({weights_ + place - first, kTileKeys, queries_, dim, 1, block(place), kCacheBlock, count_,
                              kCacheBlock, dim, shape_.scale, false});
    for (int64_t i = 0; i < count_; ++i) weigh(i, first, from, whole);
    for (int64_t place = from; place < whole; place += kCacheBlock) {
      kernels_.small_product({result_, dim, weights_ + place - first, kTileKeys, 1, block(place) + values, dim, count_,
                              dim, kCacheBlock, 1.0f, started_});
      started_ = true;
    }
  }

  /** Scores of places [from, to) become weights relative to the row's new maximum; keys that it does not see get none.
   */
  void weigh(int64_t i, int64_t first, int64_t from, int64_t to) {
    const CachedRow& row = part_.rows[static_cast<size_t>(i / group_)];
    float* weights = weights_ + i * kTileKeys - first;
    const int64_t hidden = first_key(row.position, shape_.window);
    int64_t begin = std::clamp(hidden, from, to);
    int64_t end = std::clamp(std::min(row.position + 1, row.in_order), begin, to);
    if (row.scattered.empty()) {
      std::fill(weights + from, weights + begin, 0.0f);
      std::fill(weights + end, weights + to, 0.0f);
    } else {
      keep_seen(weights, row, {first, from, to}, begin, end);
      begin = from;
      end = to;
    }
    float* y = result_ + i * shape_.head_dim;
    const auto at = static_cast<size_t>(i);
    const float most = begin == end ? kUnseen : std::max(most_[at], kernels_.row_max(weights + begin, end - begin));
    if (most == kUnseen) {
      std::fill(weights + from, weights + to, 0.0f);
      return;
    }
    if (started_ && most > most_[at]) {
      const float shrink = std::exp(most_[at] - most);
      sum_[at] *= static_cast<double>(shrink);
      kernels_.scale(y, shrink, shape_.head_dim);
    }
    most_[at] = most;
    sum_[at] += kernels_.exp_row(weights + begin, weights + begin, 1.0f, most, end - begin);
  }

  struct Places {
    int64_t first, from, to;
  };

  /** All scores but those in [begin, end) and at the row's scattered places become -infinity. */
  void keep_seen(float* weights, const CachedRow& row, Places places, int64_t begin, int64_t end) {
    float* all = row_ - places.first;
    std::copy(weights + places.from, weights + places.to, all + places.from);
    std::fill(weights + places.from, weights + begin, kUnseen);
    std::fill(weights + end, weights + places.to, kUnseen);
    const int64_t hidden = first_key(row.position, shape_.window) - row.in_order;
    for (size_t i = static_cast<size_t>(std::max<int64_t>(0, hidden)); i < row.scattered.size(); ++i) {
      const int64_t place = row.scattered[i];
      if (place >= places.from && place < places.to) weights[place] = all[place];
    }
  }

  const Kernels& kernels_;
  const Part& part_;
  int64_t layer_;
  AttentionShape shape_;
  int64_t group_;
  int64_t count_;
  bool started_ = false;
  std::vector<float> most_;
  std::vector<double> sum_;
  float* queries_;
  float* result_;
  float* weights_;
  float* row_;  // one row's scores
};

}  // namespace

void CpuOps::attention_cached(Tensor y, Tensor q, std::span<const CachedText> texts, std::span<const CachedRow> rows,
                              int64_t layer, AttentionShape shape) {
  const int64_t most = std::max<int64_t>(1, kStackedRows * shape.kv_heads / shape.heads);
  std::vector<Part> parts;
  for (const CachedText& text : texts)
    for (int64_t first = 0; first < text.count; first += most) {
      const auto count = static_cast<size_t>(std::min(most, text.count - first));
      parts.push_back({&text, rows.subspan(static_cast<size_t>(text.first + first), count), text.first + first});
    }
  pool_.parallel_for(static_cast<int64_t>(parts.size()) * shape.kv_heads, [&](int64_t chunk) {
    const Part& part = parts[static_cast<size_t>(chunk / shape.kv_heads)];
    StackedHeads(kernels_, part, layer, shape).attend(y, q, chunk % shape.kv_heads);
  });
}

}  // namespace adapter_lab
