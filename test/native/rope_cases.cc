// Rotary embedding and its inverse.
#include <array>

#include "harness.h"

namespace adapter_lab::test {
namespace {

constexpr int64_t kPositions = 40;

const Case rope("rope", [](Test& test) {
  for (const auto& [rows, heads, dim] : {std::array<int64_t, 3>{1, 1, 2}, {33, 3, 10}, {100, 9, 64}, {5, 2, 128}}) {
    const int64_t half = dim / 2;
    Matrix cosine(kPositions, half);
    Matrix sine(kPositions, half);
    for (int64_t p = 0; p < kPositions; ++p)
      for (int64_t i = 0; i < half; ++i) {
        const double angle =
            static_cast<double>(p) * std::pow(10000.0, -static_cast<double>(i) / static_cast<double>(half));
        cosine(p, i) = static_cast<double>(static_cast<float>(std::cos(angle)));
        sine(p, i) = static_cast<double>(static_cast<float>(std::sin(angle)));
      }
    std::vector<int32_t> positions;
    for (int64_t n = 0; n < rows; ++n) positions.push_back(static_cast<int32_t>(test.random_below(kPositions)));
    const Matrix x = test.random(rows, heads * dim);
    Matrix expected(rows, heads * dim);
    for (int64_t n = 0; n < rows; ++n)
      for (int64_t h = 0; h < heads; ++h)
        for (int64_t i = 0; i < half; ++i) {
          const int64_t low = h * dim + i;
          const int32_t p = positions[static_cast<size_t>(n)];
          expected(n, low) = x(n, low) * cosine(p, i) - x(n, low + half) * sine(p, i);
          expected(n, low + half) = x(n, low + half) * cosine(p, i) + x(n, low) * sine(p, i);
        }
    const Tensor y = test.output(rows, heads * dim, 3);
    const Tensor cosine_in = test.input_f32(cosine);
    const Tensor sine_in = test.input_f32(sine);
    test.ops().rope(y, test.input(x, 1), cosine_in, sine_in, positions.data(), dim, false);
    test.expect_near(y, expected, "rotated");
    // The inverse is the transpose, hence the backward pass; here in place.
    test.ops().rope(y, y, cosine_in, sine_in, positions.data(), dim, true);
    test.expect_near(y, x, "rotated back");
  }
});

/** A backend may keep positions from call to call: others of the same number, fewer and more of them are told apart. */
const Case other_positions("rope", [](Test& test) {
  Matrix cosine(kPositions, 1), sine(kPositions, 1);
  for (int64_t p = 0; p < kPositions; ++p) cosine(p, 0) = static_cast<double>(p);
  const Tensor cosine_in = test.input_f32(cosine), sine_in = test.input_f32(sine);
  for (std::vector<int32_t> positions : {std::vector<int32_t>{1, 2, 3}, {1, 2, 4}, {1, 2, 4}, {1, 2}, {5, 2, 4, 7}}) {
    const auto rows = static_cast<int64_t>(positions.size());
    Matrix x = test.random(rows, 2);
    const Tensor y = test.update(x);
    test.ops().rope(y, y, cosine_in, sine_in, positions.data(), 2, false);
    for (int64_t n = 0; n < rows; ++n)
      for (int64_t i = 0; i < 2; ++i) x(n, i) *= positions[static_cast<size_t>(n)];
    std::fill(positions.begin(), positions.end(), 0);
    test.expect_near(y, x, "scaled by positions");
  }
});

}  // namespace
}  // namespace adapter_lab::test
