// Spectra of low-rank updates give the update again, also deficient, wide and empty ones.
// test/golden has numpy's values.
#include "cpu/update_spectrum.h"

#include "harness.h"

namespace adapter_lab::test {
namespace {

std::vector<float> floats(const Matrix& x) { return {x.values.begin(), x.values.end()}; }

double rounded(double value) { return static_cast<double>(static_cast<float>(value)); }

/** Of `count` vectors, one after the other: how far their products are from those of orthonormal ones. */
double distance_from_unit(const std::vector<double>& vectors, int64_t count) {
  const size_t length = count == 0 ? 0 : vectors.size() / static_cast<size_t>(count);
  double most = 0.0;
  for (size_t i = 0; i < static_cast<size_t>(count); ++i)
    for (size_t j = 0; j <= i; ++j) {
      double product = i == j ? -1.0 : 0.0;
      for (size_t k = 0; k < length; ++k) product += vectors[i * length + k] * vectors[j * length + k];
      most = std::max(most, std::fabs(product));
    }
  return most;
}

/** Checks the spectrum against the dense update; directions are expected for `count` values. */
void check(Test& test, const Matrix& a, const Matrix& b, int64_t count) {
  const int64_t rank = a.rows, in = a.cols, out = b.rows;
  const UpdateSpectrum spectrum = update_spectrum({rank, in, out, 2.0, floats(a), floats(b)}, 1000);
  const auto& [values, left, right] = spectrum;
  test.expect_equal(static_cast<double>(values.size()), static_cast<double>(std::min({rank, in, out})), "values");
  test.expect(std::is_sorted(values.rbegin(), values.rend()), "the largest first");
  test.expect_equal(static_cast<double>(left.size()), static_cast<double>(count * out), "directions of the output");
  test.expect_equal(static_cast<double>(right.size()), static_cast<double>(count * in), "directions of the input");
  test.expect(distance_from_unit(left, count) < 1e-13, "orthonormal on the left");
  test.expect(distance_from_unit(right, count) < 1e-13, "orthonormal on the right");
  double most = 0.0;
  for (int64_t row = 0; row < out; ++row)
    for (int64_t col = 0; col < in; ++col) {
      double rest = 0.0;
      for (int64_t k = 0; k < rank; ++k)
        rest += 2.0 * rounded(b(row, k)) * rounded(a(k, col));
      for (int64_t i = 0; i < count; ++i)
        rest -= values[static_cast<size_t>(i)] * left[static_cast<size_t>(i * out + row)] *
                right[static_cast<size_t>(i * in + col)];
      most = std::max(most, std::fabs(rest));
    }
  const double largest = values.empty() ? 0.0 : values.front();
  test.expect(most <= 1e-9 * std::max(largest, 1e-300), "the update again");
}

const Case update_spectrum_case("update_spectrum", [](Test& test) {
  struct Shape {
    int64_t out, in, rank;
  };
  const Shape shapes[] = {{1, 1, 1}, {9, 7, 3}, {7, 40, 5}, {33, 65, 32}, {3, 6, 8}, {8, 3, 8}, {130, 70, 64}};
  for (const Shape& shape : shapes) {
    const auto [out, in, rank] = shape;
    check(test, test.random(rank, in), test.random(out, rank), std::min({rank, in, out}));
  }
});

const Case deficient_spectrum("update_spectrum of dependent columns and of zeros", [](Test& test) {
  const Matrix a = test.random(3, 7);
  Matrix b = test.random(9, 3);
  for (int64_t row = 0; row < 9; ++row) b(row, 2) = b(row, 0);
  check(test, a, b, 2);
  check(test, a, Matrix(9, 3), 0);
});

const Case small_values("update_spectrum keeps the digits of small values", [](Test& test) {
  // Columns of lengths from 1 to 1e-9 that are orthogonal: their lengths are the values.
  Matrix a(4, 6), b(5, 4);
  for (int64_t k = 0; k < 4; ++k) {
    a(k, k) = 1.0;
    b(k, k) = std::pow(10.0, static_cast<double>(-3 * k));
  }
  const UpdateSpectrum spectrum = update_spectrum({4, 6, 5, 1.0, floats(a), floats(b)}, 4);
  for (int64_t k = 0; k < 4; ++k) {
    const double expected = rounded(b(k, k));
    test.expect(std::fabs(spectrum.values[static_cast<size_t>(k)] / expected - 1.0) < 1e-14, "value");
  }
});

}  // namespace
}  // namespace adapter_lab::test
