// DoRA: the factored norm against the formed weight, and the gradient of the magnitude.
#include <array>

#include "harness.h"

namespace adapter_lab::test {
namespace {

const Case row_squares("row_squares", [](Test& test) {
  for (const auto& [rows, cols] : {std::pair<int64_t, int64_t>{1, 1}, {33, 1000}, {130, 577}}) {
    const Matrix w = test.random(rows, cols);
    Matrix expected(1, rows);
    for (int64_t m = 0; m < rows; ++m)
      for (int64_t c = 0; c < cols; ++c) expected(0, m) += w(m, c) * w(m, c);
    const Tensor squares = test.output_f32(1, rows);
    test.ops().row_squares(squares, test.input_f32(w, 3));
    test.expect_near(squares, expected, "squares", 0.02);
  }
});

/** A low-rank adapter on W, and what dora_gain is given about them. */
struct Adapter {
  Matrix w, a, b, magnitude;
  double scale;

  Matrix squares() const {
    Matrix y(1, w.rows);
    for (int64_t m = 0; m < w.rows; ++m)
      for (int64_t c = 0; c < w.cols; ++c) y(0, m) += w(m, c) * w(m, c);
    return y;
  }
  Matrix product_with_a(const Matrix& x) const { return product(x, false, a, true); }
  /** The norms of W + s B A's rows, formed. */
  Matrix norms() const {
    const Matrix merged = product(b, false, a, false, scale, w, 1.0);
    Matrix y(1, w.rows);
    for (int64_t m = 0; m < w.rows; ++m) {
      double sum = 0.0;
      for (int64_t c = 0; c < w.cols; ++c) sum += merged(m, c) * merged(m, c);
      y(0, m) = std::fmax(1e-12, std::sqrt(sum));
    }
    return y;
  }
};

const Case dora_gain("dora_gain", [](Test& test) {
  for (const auto& [rows, cols, rank] : {std::array<int64_t, 3>{1, 3, 1}, {33, 100, 7}, {200, 576, 32}}) {
    Adapter adapter{test.random(rows, cols, 0.1), test.random(rank, cols, 0.2), test.random(rows, rank, 0.3),
                    test.random(1, rows), 2.0};
    // A row of zeros that the adapter leaves alone: norm 1e-12, not NaN.
    for (int64_t c = 0; c < cols && rows > 2; ++c) adapter.w(2, c) = 0.0;
    for (int64_t i = 0; i < rank && rows > 2; ++i) adapter.b(2, i) = 0.0;
    const Tensor gain = test.output_f32(1, rows);
    const Tensor norm = test.output_f32(1, rows);
    test.ops().dora_gain(gain, norm, test.input_f32(adapter.squares()),
                         test.input_f32(adapter.product_with_a(adapter.w), 1), test.input_f32(adapter.b, 2),
                         test.input_f32(adapter.product_with_a(adapter.a), 3), test.input_f32(adapter.magnitude),
                         static_cast<float>(adapter.scale));
    const Matrix expected = adapter.norms();
    const Matrix got = test.read(norm);
    test.expect_near(got, expected, "norm", tolerance(DType::f32));
    const Matrix gains = test.read(gain);
    for (int64_t m = 0; m < rows; ++m)
      test.expect(std::fabs(gains(0, m) * got(0, m) - adapter.magnitude(0, m)) < 1e-6, "gain is not m / norm");
  }
});

/** One element at a time is too small, or no number, the first and the last of a tensor among them. */
const Case are_large("are_large", [](Test& test) {
  std::vector<Matrix> values;
  for (const int64_t count : {1, 33, 4096, 9001}) {
    values.push_back(test.random(1, count));
    for (double& value : values.back().values) value += std::copysign(0.5, value);
  }
  values[1](0, 7) = 0.5;  // as small as it may be
  values[2](0, 4000) = -0.5;
  const auto expect_flags = [&](const std::vector<Matrix>& given, int small) {
    std::vector<Tensor> xs;
    for (const Matrix& x : given) xs.push_back(test.input_f32(x));
    std::vector<uint8_t> flags(xs.size(), 7);
    test.ops().are_large(flags.data(), xs, 0.5f);
    for (int i = 0; i < static_cast<int>(flags.size()); ++i)
      test.expect_equal(flags[static_cast<size_t>(i)], i != small, "tensor " + std::to_string(i));
  };
  expect_flags(values, -1);
  expect_flags({}, -1);
  for (int small = 0; small < static_cast<int>(values.size()); ++small) {
    const int64_t last = values[static_cast<size_t>(small)].cols - 1;
    for (const int64_t place : {int64_t{0}, last / 2, last})
      for (const double value : {0.49, -0.49, 0.0, std::nan("")}) {
        std::vector<Matrix> changed = values;
        changed[static_cast<size_t>(small)](0, place) = value;
        expect_flags(changed, small);
      }
  }
});

const Case dora_backward("dora_backward", [](Test& test) {
  for (const auto& [rows, cols] : {std::pair<int64_t, int64_t>{1, 1}, {33, 65}, {64, 8}, {300, 577}})
    for (const bool is_sum : {false, true}) {
      const Matrix dy = test.random(rows, cols);
      const Matrix u = test.random(rows, cols);
      const Matrix before = is_sum ? test.random(rows, cols) : Matrix(rows, cols);
      const Matrix gain = test.random(1, cols);
      Matrix norm = test.random(1, cols);
      for (double& value : norm.values) value = 1.0 + std::fabs(value);
      Matrix magnitude = test.random(1, cols);
      Matrix expected = test.random(1, cols);
      const Tensor dmagnitude = test.update_f32(expected);
      const Tensor du = test.output(rows, cols, 5);
      test.ops().dora_backward(du, dmagnitude, test.input(dy, 1), test.input(u, 2),
                               is_sum ? test.input(before, 3) : Tensor(), test.input_f32(norm), test.input_f32(gain));
      const auto term = [&](int64_t n, int64_t c) {
        return dy(n, c) * (u(n, c) - before(n, c)) / static_cast<double>(static_cast<float>(norm(0, c)));
      };
      const auto loss = [&] {
        double sum = 0.0;
        for (int64_t n = 0; n < rows; ++n)
          for (int64_t c = 0; c < cols; ++c) sum += term(n, c) * magnitude(0, c);
        return sum;
      };
      Matrix gradient(1, cols), scaled(rows, cols);
      for (int64_t n = 0; n < rows; ++n)
        for (int64_t c = 0; c < cols; ++c) {
          gradient(0, c) += term(n, c);
          scaled(n, c) = dy(n, c) * gain(0, c);
        }
      if (rows < 60) test.expect_near(gradient, difference_gradient(magnitude, loss), "the reference", 1e-6);
      for (int64_t c = 0; c < cols; ++c) expected(0, c) += gradient(0, c);
      test.expect_near(dmagnitude, expected, "dmagnitude");
      test.expect_near(du, scaled, "du");
    }
});

const Case dora_norm_backward("dora_norm_backward", [](Test& test) {
  for (const auto& [rows, cols, rank] : {std::array<int64_t, 3>{1, 3, 1}, {33, 40, 7}, {400, 64, 9}}) {
    Adapter adapter{test.random(rows, cols, 0.4), test.random(rank, cols, 0.4), test.random(rows, rank, 0.3),
                    test.random(1, rows), 1.5};
    // L = sum of h m / |V|: the gradient of m is h / |V|.
    const Matrix h = test.random(1, rows);
    Matrix norms = adapter.norms();
    // A norm that was clamped has no gradient.
    if (rows > 2) norms(0, 2) = 1e-12;
    Matrix dmagnitude(1, rows), gain(1, rows), kb(rows, rank);
    Matrix db = test.random(rows, rank);
    for (int64_t m = 0; m < rows; ++m) {
      dmagnitude(0, m) = m == 2 ? 1.0 : h(0, m) / norms(0, m);
      gain(0, m) = adapter.magnitude(0, m) / norms(0, m);
    }
    const Tensor db_got = test.update_f32(db);
    const Tensor kb_got = test.output_f32(rows, rank);
    const Matrix wa = adapter.product_with_a(adapter.w), gram = adapter.product_with_a(adapter.a);
    test.ops().dora_norm_backward(db_got, kb_got, test.input_f32(dmagnitude), test.input_f32(gain),
                                  test.input_f32(norms), test.input_f32(wa, 1), test.input_f32(adapter.b, 2),
                                  test.input_f32(gram, 3), static_cast<float>(adapter.scale));
    Matrix gradient(rows, rank);
    for (int64_t m = 0; m < rows; ++m) {
      const double k = m == 2 ? 0.0 : -dmagnitude(0, m) * gain(0, m) / norms(0, m);
      for (int64_t i = 0; i < rank; ++i) {
        kb(m, i) = k * adapter.b(m, i);
        double through = wa(m, i);
        for (int64_t j = 0; j < rank; ++j) through += adapter.scale * adapter.b(m, j) * gram(j, i);
        gradient(m, i) = adapter.scale * k * through;
      }
    }
    const auto loss = [&] {
      const Matrix moved = adapter.norms();
      double sum = 0.0;
      for (int64_t m = 0; m < rows; ++m)
        if (m != 2) sum += h(0, m) * adapter.magnitude(0, m) / moved(0, m);
      return sum;
    };
    if (rows < 100) test.expect_near(gradient, difference_gradient(adapter.b, loss), "the reference", 1e-5);
    for (size_t i = 0; i < db.values.size(); ++i) db.values[i] += gradient.values[i];
    test.expect_near(db_got, db, "db");
    test.expect_near(kb_got, kb, "kb");
  }
});

}  // namespace
}  // namespace adapter_lab::test
