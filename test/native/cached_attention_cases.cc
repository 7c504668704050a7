// Attention to cached keys: whole texts in parts of any size, windows, and beams whose keys lie scattered, against the
// attention of the same texts in a row.
#include <algorithm>

#include "attention_reference.h"
#include "harness.h"

namespace adapter_lab::test {
namespace {

struct Setting {
  int64_t length, heads, kv_heads, dim, window;
};

constexpr Setting kSettings[] = {{1, 1, 1, 4, 0},     {40, 3, 1, 10, 0},   {75, 4, 2, 64, 7},    {300, 2, 2, 16, 0},
                                 {300, 6, 2, 16, 5},  {600, 2, 1, 8, 130}, {33, 40, 1, 20, 0},   {290, 3, 1, 36, 261},
                                 {40, 2, 1, 100, 20}, {35, 1, 1, 256, 0},  {33, 34, 2, 3, 0},
                                 // Places of beams on either side of a GPU's segment.
                                 {260, 2, 1, 8, 0}};

AttentionInput make_input(Test& test, const Setting& setting) {
  const int64_t keys = setting.kv_heads * setting.dim;
  const float scale = 1.0f / std::sqrt(static_cast<float>(setting.dim));
  return {test.random(setting.length, setting.heads * setting.dim, 2.0),
          test.random(setting.length, keys, 2.0),
          test.random(setting.length, keys),
          {0, static_cast<int32_t>(setting.length)},
          {setting.heads, setting.kv_heads, setting.dim, scale, setting.window}};
}

/** Blocks of two layers; the second is used. */
struct Cache {
  Cache(Test& test, const AttentionShape& shape, int64_t places)
      : layer(2 * shape.kv_heads * shape.head_dim * kCacheBlock) {
    for (int64_t place = 0; place < places; place += kCacheBlock)
      blocks.push_back(test.update_f32(Matrix(1, 2 * layer)).f32());
  }
  CachePlace at(int64_t place) const { return {blocks[static_cast<size_t>(place / kCacheBlock)], place % kCacheBlock}; }
  int64_t layer;
  std::vector<float*> blocks;
};

/** The rows of a text from `first` on in parts of `step`, as prompts are cached; those before stand in the cache. */
Tensor in_parts(Test& test, const AttentionInput& input, int64_t first, int64_t step) {
  const int64_t length = input.q.rows;
  const Cache cache(test, input.shape, length);
  const Tensor q = test.input(input.q, 1), k = test.input(input.k, 2), v = test.input(input.v, 3);
  const Tensor y = test.output(length - first, input.q.cols, 2);
  const Tensor unset = test.output_f32(1, 2 * cache.layer);
  std::vector<CachePlace> before;
  for (int64_t row = 0; row < first; ++row) before.push_back(cache.at(row));
  if (first > 0) test.ops().cache_store(before, k.slice(0, first), v.slice(0, first), cache.layer, input.shape);
  for (int64_t begin = first; begin < length; begin += step) {
    const int64_t count = std::min(step, length - begin);
    std::vector<CachePlace> places;
    std::vector<CachedRow> rows;
    for (int64_t row = begin; row < begin + count; ++row) {
      places.push_back(cache.at(row));
      // Keys behind a row's own may lie in order too.
      rows.push_back({row, row % 2 == 0 ? row + 1 : begin + count, {}});
    }
    // What no row sees any more is not read.
    std::vector<float*> blocks = cache.blocks;
    const int64_t window = input.shape.window, first_key = window > 0 ? std::max<int64_t>(0, begin - window + 1) : 0;
    std::fill_n(blocks.begin(), first_key / kCacheBlock, unset.f32());
    const CachedText text{0, count, blocks};
    test.ops().cache_store(places, k.slice(begin, count), v.slice(begin, count), cache.layer, input.shape);
    test.ops().attention_cached(y.slice(begin - first, count), q.slice(begin, count), {&text, 1}, rows, cache.layer,
                                input.shape);
  }
  return y;
}

const Case parts("attention_cached", [](Test& test) {
  for (const Setting& setting : kSettings) {
    const AttentionInput input = make_input(test, setting);
    const Matrix expected = reference_attention(input).y;
    const Tensor y = in_parts(test, input, 0, setting.length);
    test.expect_near(y, expected, "y");
    const Matrix whole = test.read(y);
    for (const int64_t step : {1, 3, 45, 256}) {
      // Smaller steps through fewer of the last rows: emulated kernels are slow.
      const int64_t first = std::max<int64_t>(0, setting.length - (step < 10 ? 24 : step < 100 ? 100 : 600));
      if (step >= setting.length) continue;
      const Matrix got = test.read(in_parts(test, input, first, step));
      test.expect(std::equal(got.values.begin(), got.values.end(), whole.values.begin() + first * whole.cols),
                  "other bits in parts of " + std::to_string(step));
    }
  }
});

/** The last rows of more short texts than one pass of a GPU holds, and of a long one, against the same rows alone. */
const Case batch("attention_cached", [](Test& test) {
  constexpr int64_t kTexts = 72;
  const AttentionShape shape{48, 16, 3, 0.5f, 0};
  const int64_t keys = shape.kv_heads * shape.head_dim, cols = shape.heads * shape.head_dim;
  std::vector<Cache> caches;
  std::vector<CachedRow> rows;
  std::vector<CachedText> texts;
  for (int64_t i = 0; i < kTexts; ++i) {
    const int64_t length = i == 20 ? 280 : 2 + i % 3, count = 1 + i % 2;
    const Cache& cache = caches.emplace_back(test, shape, length);
    std::vector<CachePlace> places;
    for (int64_t row = 0; row < length; ++row) places.push_back(cache.at(row));
    test.ops().cache_store(places, test.input(test.random(length, keys)), test.input(test.random(length, keys)),
                           cache.layer, shape);
    texts.push_back({static_cast<int64_t>(rows.size()), count, cache.blocks});
    for (int64_t row = length - count; row < length; ++row) rows.push_back({row, row + 1, {}});
  }
  for (size_t i = 0; i < caches.size(); ++i) texts[i].blocks = caches[i].blocks;
  const Tensor q = test.input(test.random(static_cast<int64_t>(rows.size()), cols, 2.0), 1);
  const Tensor y = test.output(q.rows, cols, 2);
  test.ops().attention_cached(y, q, texts, rows, caches[0].layer, shape);
  const Matrix together = test.read(y);
  for (const CachedText& text : texts) {
    const Tensor alone = test.output(text.count, cols);
    const CachedText own{0, text.count, text.blocks};
    test.ops().attention_cached(
        alone, q.slice(text.first, text.count), {&own, 1},
        std::span(rows).subspan(static_cast<size_t>(text.first), static_cast<size_t>(text.count)), caches[0].layer,
        shape);
    const Matrix got = test.read(alone);
    test.expect(std::equal(got.values.begin(), got.values.end(), together.values.begin() + text.first * cols),
                "other bits in a batch");
  }
});

/** Two beams that share their first `common` own tokens; the rest lie in turns,
 *  with places between that nobody sees. */
const Case scattered("attention_cached", [](Test& test) {
  for (const Setting& setting : kSettings) {
    if (setting.length < 30) continue;
    const int64_t prompt = setting.length - 20, common = 5;
    std::vector<AttentionInput> beams{make_input(test, setting), make_input(test, setting)};
    for (Matrix AttentionInput::*part : {&AttentionInput::k, &AttentionInput::v})
      std::copy_n((beams[0].*part).values.begin(), (prompt + common) * beams[0].k.cols,
                  (beams[1].*part).values.begin());
    const Cache cache(test, beams[0].shape, setting.length + 60);
    std::vector<int32_t> own[2];
    const Tensor y = test.output(2, beams[0].q.cols), q = test.update(Matrix(2, beams[0].q.cols));
    for (int64_t beam = 0; beam < 2; ++beam) {
      const AttentionInput& input = beams[static_cast<size_t>(beam)];
      std::vector<CachePlace> places;
      for (int64_t row = 0; row < prompt; ++row) places.push_back(cache.at(row));
      for (int64_t row = prompt; row < setting.length; ++row) {
        const int64_t i = row - prompt;
        const int64_t place = prompt + 1 + (i < common ? 2 * i : 3 * i + beam);
        own[beam].push_back(static_cast<int32_t>(place));
        places.push_back(cache.at(place));
      }
      test.ops().cache_store(places, test.input(input.k), test.input(input.v), cache.layer, input.shape);
      test.ops().copy(q.slice(beam, 1), test.input(input.q).slice(setting.length - 1, 1));
    }
    const CachedRow rows[] = {{setting.length - 1, prompt, own[0]}, {setting.length - 1, prompt, own[1]}};
    const CachedText text{0, 2, cache.blocks};
    test.ops().attention_cached(y, q, {&text, 1}, rows, cache.layer, beams[0].shape);
    Matrix expected(2, y.cols);
    for (int64_t beam = 0; beam < 2; ++beam) {
      const Matrix all = reference_attention(beams[static_cast<size_t>(beam)]).y;
      for (int64_t c = 0; c < y.cols; ++c) expected(beam, c) = all(setting.length - 1, c);
    }
    test.expect_near(y, expected, "y of beams");
  }
});

}  // namespace
}  // namespace adapter_lab::test
