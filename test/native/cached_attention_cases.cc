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

constexpr Setting kSettings[] = {{1, 1, 1, 4, 0},    {40, 3, 1, 10, 0},   {75, 4, 2, 64, 7},   {300, 2, 2, 16, 0},
                                 {300, 6, 2, 16, 5}, {600, 2, 1, 8, 130}, {33, 40, 1, 20, 0}, {290, 9, 3, 64, 261}};

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
  Cache(Test& test, const AttentionShape& shape, int64_t places) : layer(2 * shape.kv_heads * shape.head_dim * kCacheBlock) {
    for (int64_t place = 0; place < places; place += kCacheBlock)
      blocks.push_back(test.update(Matrix(1, 2 * layer)).f32());
  }
  CachePlace at(int64_t place) const { return {blocks[static_cast<size_t>(place / kCacheBlock)], place % kCacheBlock}; }
  int64_t layer;
  std::vector<float*> blocks;
};

/** The rows of `text` in parts of `step`, as prompts are cached. */
Matrix in_parts(Test& test, const AttentionInput& input, int64_t step) {
  const int64_t length = input.q.rows;
  const Cache cache(test, input.shape, length);
  const Tensor q = test.input(input.q, 1), k = test.input(input.k, 2), v = test.input(input.v, 3);
  const Tensor y = test.output(length, input.q.cols, 2);
  for (int64_t first = 0; first < length; first += step) {
    const int64_t count = std::min(step, length - first);
    std::vector<CachePlace> places;
    std::vector<CachedRow> rows;
    for (int64_t row = first; row < first + count; ++row) {
      places.push_back(cache.at(row));
      rows.push_back({row, row + 1, {}});
    }
    const CachedText text{0, count, cache.blocks};
    test.ops().cache_store(places, k.slice(first, count), v.slice(first, count), cache.layer, input.shape);
    test.ops().attention_cached(y.slice(first, count), q.slice(first, count), {&text, 1}, rows, cache.layer, input.shape);
  }
  return test.read(y);
}

const Case parts("attention_cached", [](Test& test) {
  for (const Setting& setting : kSettings) {
    const AttentionInput input = make_input(test, setting);
    const Matrix expected = reference_attention(input).y;
    const Matrix whole = in_parts(test, input, setting.length);
    test.expect_near(whole, expected, "y", tolerance(DType::f32));
    for (const int64_t step : {1, 3, 45, 256})
      test.expect(in_parts(test, input, step).values == whole.values, "other bits in parts of " + std::to_string(step));
  }
});

/** Two beams that share their first `common` own tokens; the rest lie in turns, with places between that nobody sees. */
const Case scattered("attention_cached", [](Test& test) {
  for (const Setting& setting : kSettings) {
    if (setting.length < 30) continue;
    const int64_t prompt = setting.length - 20, common = 5;
    std::vector<AttentionInput> beams{make_input(test, setting), make_input(test, setting)};
    for (Matrix AttentionInput::*part : {&AttentionInput::k, &AttentionInput::v})
      std::copy_n((beams[0].*part).values.begin(), (prompt + common) * beams[0].k.cols, (beams[1].*part).values.begin());
    const Cache cache(test, beams[0].shape, setting.length + 60);
    std::vector<int32_t> own[2];
    const Tensor y = test.output(2, beams[0].q.cols), q = test.update(Matrix(2, beams[0].q.cols));
    for (int64_t beam = 0; beam < 2; ++beam) {
      const AttentionInput& input = beams[static_cast<size_t>(beam)];
      std::vector<CachePlace> places;
      for (int64_t row = 0; row < prompt; ++row) places.push_back(cache.at(row));
      for (int64_t row = prompt; row < setting.length; ++row) {
        const int64_t i = row - prompt;
        const int64_t place = prompt + (i < common ? 2 * i : 3 * i + beam);
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
