// Dropout: the mask's share, its independence, and the same mask in both passes.
#include "harness.h"

namespace adapter_lab::test {
namespace {

/** Whether an element is kept, by definition: SplitMix64's finisher makes keys, lowbias32 hashes the index twice. */
bool is_kept(const Dropout& dropout, uint64_t index) {
  const auto finish = [](uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
  };
  const auto mix = [](uint32_t x) {
    x = (x ^ (x >> 16)) * 0x7feb352du;
    x = (x ^ (x >> 15)) * 0x846ca68bu;
    return x ^ (x >> 16);
  };
  const uint64_t of_stream = finish(dropout.seed) + 0x9e3779b97f4a7c15ULL * (dropout.stream + 1);
  const uint64_t key = finish(finish(of_stream) + (index >> 32));
  const auto low = static_cast<uint32_t>(key);
  const uint32_t hash = mix(mix(static_cast<uint32_t>(index) ^ low) + static_cast<uint32_t>(key >> 32));
  return static_cast<double>(hash >> 1) >= std::floor(static_cast<double>(dropout.probability) * 0x1p31);
}

/** The mask as 1 / (1 - p) and 0, seen through an input of ones. */
Matrix mask_of(Test& test, int64_t rows, int64_t cols, Dropout dropout) {
  Matrix ones(rows, cols);
  std::fill(ones.values.begin(), ones.values.end(), 1.0);
  const Tensor y = test.output(rows, cols);
  test.ops().dropout_forward(y, test.input(ones), dropout);
  return test.read(y);
}

double kept_share(const Matrix& mask) {
  double kept = 0;
  for (const double value : mask.values) kept += value != 0.0;
  return kept / static_cast<double>(mask.values.size());
}

const Case dropout_forward("dropout_forward", [](Test& test) {
  for (const auto& [rows, cols] : {std::pair<int64_t, int64_t>{1, 1}, {33, 65}, {300, 577}}) {
    const Dropout dropout{0.25f, 7, 3};
    const Matrix mask = mask_of(test, rows, cols, dropout);
    const double kept = test.representable(static_cast<double>(1.0f / 0.75f));
    const Matrix x = test.random(rows, cols);
    Matrix expected(rows, cols);
    for (size_t i = 0; i < x.values.size(); ++i) {
      test.expect(mask.values[i] == 0.0 || mask.values[i] == kept, "a factor is neither");
      expected.values[i] = mask.values[i] == 0.0 ? 0.0 : x.values[i] / 0.75;
    }
    // Where rows lie and whether y is x must not matter to the mask.
    const Tensor strided = test.output(rows, cols, 5);
    test.ops().dropout_forward(strided, test.input(x, 2), dropout);
    test.expect_near(strided, expected, "strided");
    const Tensor in_place = test.update(x);
    test.ops().dropout_forward(in_place, in_place, dropout);
    test.expect_near(in_place, expected, "in place of x");
  }
});

/** What is dropped is 0, whatever it was. */
const Case infinities("dropout_forward", [](Test& test) {
  Matrix x(1, 100);
  std::fill(x.values.begin(), x.values.end(), INFINITY);
  const Tensor y = test.output(1, 100);
  test.ops().dropout_forward(y, test.input(x), {0.5f, 1, 0});
  const Matrix mask = mask_of(test, 1, 100, {0.5f, 1, 0});
  const Matrix got = test.read(y);
  for (int64_t c = 0; c < 100; ++c) test.expect_equal(got(0, c), mask(0, c) == 0.0 ? 0.0 : INFINITY, "an infinity");
});

const Case same_mask("dropout_forward", [](Test& test) {
  // Sizes about those of what one block of a GPU takes.
  for (const auto& [rows, cols] : {std::pair<int64_t, int64_t>{1, 1023}, {1, 1025}, {7, 300}})
    for (const uint64_t seed : {uint64_t{5}, uint64_t{0xfedcba9876543210}}) {
      const Dropout dropout{0.3f, seed, seed + 1};
      const Matrix mask = mask_of(test, rows, cols, dropout);
      for (size_t i = 0; i < mask.values.size(); ++i)
        test.expect((mask.values[i] != 0.0) == is_kept(dropout, i), "another element is kept than on every machine");
    }
});

const Case dropout_statistics("dropout_forward", [](Test& test) {
  constexpr int64_t kRows = 500;
  constexpr int64_t kCols = 400;
  for (const float probability : {0.05f, 0.5f, 0.9f}) {
    const double keep = 1.0 - static_cast<double>(probability);
    const double deviation = std::sqrt(keep * (1.0 - keep) / static_cast<double>(kRows * kCols));
    const Matrix mask = mask_of(test, kRows, kCols, {probability, 1, 0});
    test.expect(std::fabs(kept_share(mask) - keep) < 5.0 * deviation, "the share kept is off");
    // Neighbours in a row, in a column, and the same place under another seed or stream are independent.
    const Matrix other_stream = mask_of(test, kRows, kCols, {probability, 1, 1});
    const Matrix other_seed = mask_of(test, kRows, kCols, {probability, 2, 0});
    double right = 0, below = 0, stream = 0, seed = 0;
    for (int64_t n = 0; n + 1 < kRows; ++n)
      for (int64_t c = 0; c + 1 < kCols; ++c) {
        if (mask(n, c) == 0.0) continue;
        right += mask(n, c + 1) != 0.0;
        below += mask(n + 1, c) != 0.0;
        stream += other_stream(n, c) != 0.0;
        seed += other_seed(n, c) != 0.0;
      }
    for (const double together : {right, below, stream, seed})
      test.expect(std::fabs(together / static_cast<double>(kRows * kCols) - keep * keep) < 0.005, "masks are related");
  }
  test.expect_equal(kept_share(mask_of(test, 10, 100, {0.0f, 1, 0})), 1.0, "share kept at probability 0");
});

const Case dropout_backward("dropout_backward", [](Test& test) {
  for (const auto& [rows, cols] : {std::pair<int64_t, int64_t>{1, 1}, {33, 65}, {300, 577}}) {
    const Dropout dropout{0.05f, 99, 12};
    const Matrix mask = mask_of(test, rows, cols, dropout);
    const Matrix dy = test.random(rows, cols);
    Matrix expected = test.random(rows, cols);
    const Tensor dx = test.update(expected, 1);
    test.ops().dropout_backward(dx, test.input(dy), dropout);
    for (size_t i = 0; i < dy.values.size(); ++i) expected.values[i] += dy.values[i] * mask.values[i];
    test.expect_near(dx, expected, "dx");
  }
});

}  // namespace
}  // namespace adapter_lab::test
