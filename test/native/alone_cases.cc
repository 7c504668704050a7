// The operations of a generation give a row the same bits wherever and beside whatever it stands.
#include <functional>

#include "harness.h"

namespace adapter_lab::test {
namespace {

constexpr int64_t kRows = 7;

/** run(y, x) of all rows at once, and of each row at other addresses. */
void expect_same_alone(Test& test, const Matrix& values, int64_t out, const std::string& what,
                       const std::function<void(Tensor y, Tensor x, int64_t first)>& run) {
  const Matrix before = test.random(values.rows, out);
  const Tensor together = test.update(before);
  run(together, test.input(values), 0);
  const Matrix expected = test.read(together);
  for (int64_t row = 0; row < values.rows; ++row) {
    for (const int64_t shift : {0, 1, 5}) {
      // One row somewhere in a wider one.
      Matrix own(1, shift + out), x(1, shift + values.cols);
      for (int64_t c = 0; c < out; ++c) own(0, shift + c) = before(row, c);
      for (int64_t c = 0; c < values.cols; ++c) x(0, shift + c) = values(row, c);
      const Tensor alone = test.update(own).columns(shift, out);
      run(alone, test.input(x).columns(shift, values.cols), row);
      const Matrix got = test.read(alone);
      for (int64_t c = 0; c < out; ++c) test.expect(got(0, c) == expected(row, c), what + " gives other bits alone");
    }
  }
}

const Case alone("row_product", [](Test& test) {
  Ops& ops = test.ops();
  for (const int64_t n : {16, 40, 52, 101, 576}) {
    const Matrix x = test.random(kRows, n, 3.0);
    const Tensor weight = test.input_f32(test.random(1, n));
    expect_same_alone(test, x, n, "rmsnorm_forward", [&](Tensor y, Tensor part, int64_t) {
      ops.rmsnorm_forward(y, test.output_f32(part.rows, 1), part, weight, 1e-5f);
    });
    const Tensor up = test.input(test.random(kRows, n));
    expect_same_alone(test, x, n, "swiglu_forward", [&](Tensor y, Tensor part, int64_t first) {
      ops.swiglu_forward(y, part, up.slice(first, part.rows));
    });
    expect_same_alone(test, x, n, "scale_columns", [&](Tensor y, Tensor part, int64_t) {
      ops.scale_columns(y, part, weight, true);
    });
    expect_same_alone(test, x, n, "add_bias", [&](Tensor y, Tensor, int64_t) { ops.add_bias(y, weight); });
    for (const int64_t out : {3, 40, 52}) {
      const Tensor w = test.input(test.random(out, n));
      for (const bool accumulate : {false, true})
        expect_same_alone(test, x, out, "row_product", [&](Tensor y, Tensor part, int64_t) {
          ops.row_product(y, part, w, 0.7f, accumulate);
        });
    }
    if (n % 2 != 0) continue;
    const Tensor cosine = test.input_f32(test.random(kRows, n / 2)), sine = test.input_f32(test.random(kRows, n / 2));
    std::vector<int32_t> positions{3, 1, 6, 0, 2, 5, 4};
    expect_same_alone(test, x, n, "rope", [&](Tensor y, Tensor part, int64_t first) {
      ops.rope(y, part, cosine, sine, positions.data() + first, n, false);
    });
  }
});

}  // namespace
}  // namespace adapter_lab::test
