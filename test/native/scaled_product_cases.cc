// A low-rank product that is added and scaled by one pass: every combination of what is there, odd and adapter-like
// shapes.
#include <array>

#include "harness.h"

namespace adapter_lab::test {
namespace {

enum class Base { kNone, kOther, kSame };

/** What y (n,m) has to become from what it was. */
Matrix expected_of(const Matrix& y, const Matrix* u, const Matrix& x, const Matrix& w, const Matrix& gain, double alpha,
                   bool accumulate) {
  Matrix result(y.rows, y.cols);
  for (int64_t n = 0; n < y.rows; ++n)
    for (int64_t m = 0; m < y.cols; ++m) {
      double sum = u ? (*u)(n, m) : 0.0;
      for (int64_t k = 0; k < x.cols; ++k) sum += alpha * x(n, k) * w(m, k);
      result(n, m) = sum * gain(0, m) + (accumulate ? y(n, m) : 0.0);
    }
  return result;
}

const Case scaled_product("scaled_product", [](Test& test) {
  constexpr float kAlpha = 1.5f;
  for (const auto& [rows, cols, depth] : {std::array<int64_t, 3>{1, 1, 1}, {5, 1000, 8}, {65, 130, 33}, {300, 577, 16}})
    for (const auto& [base, accumulate] : {std::pair{Base::kNone, true}, {Base::kNone, false}, {Base::kOther, true},
                                           {Base::kOther, false}, {Base::kSame, false}}) {
      const Matrix x = test.random(rows, depth), w = test.random(cols, depth), before = test.random(rows, cols);
      const Matrix u = base == Base::kSame ? before : test.random(rows, cols);
      const Matrix gain = test.random(1, cols);
      const bool is_fresh = !accumulate && base != Base::kSame;
      const Tensor y = is_fresh ? test.output(rows, cols, 3) : test.update(before, 3);
      const Tensor added = base == Base::kNone ? Tensor() : base == Base::kSame ? y : test.update(u, 2);
      test.ops().scaled_product(y, added, test.input(x, 1), test.input_f32(w, 5), test.input_f32(gain), kAlpha,
                                accumulate);
      const Matrix expected =
          expected_of(before, base == Base::kNone ? nullptr : &u, x, w, gain, kAlpha, accumulate);
      test.expect_near(y, expected, "base " + std::to_string(static_cast<int>(base)));
    }
});

/** As a GPU cuts many large tiles. */
const Case large_scaled_product("scaled_product", [](Test& test) {
  const Matrix x = test.random(1100, 24), w = test.random(1000, 24), u = test.random(1100, 1000);
  const Matrix gain = test.random(1, 1000);
  const Tensor y = test.update(u);
  test.ops().scaled_product(y, y, test.input(x), test.input_f32(w), test.input_f32(gain), 0.5f, false);
  test.expect_near(y, expected_of(u, &u, x, w, gain, 0.5, false), "many tiles");
});

}  // namespace
}  // namespace adapter_lab::test
