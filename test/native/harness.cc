// See harness.h.
#include "harness.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <sstream>

namespace adapter_lab::test {
namespace {

constexpr int64_t kGuard = 64;

/** A NaN of our own, different at every place, that bf16 holds too. */
float guard_word(int64_t index) {
  return std::bit_cast<float>(0x7fc10000u + (static_cast<uint32_t>(index % 61) << 16));
}

/** The upper half of a float that bf16 holds exactly. */
uint16_t upper_half(float value) { return static_cast<uint16_t>(std::bit_cast<uint32_t>(value) >> 16); }

float nearest_bf16(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  if (std::isnan(value)) return value;
  return std::bit_cast<float>((bits + 0x7fffu + (bits >> 16 & 1)) & 0xffff0000u);
}

bool same_bits(float a, float b) { return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b); }

}  // namespace

double Test::representable(double value) const {
  const auto narrow = static_cast<float>(value);
  return static_cast<double>(activation_ == DType::bf16 ? nearest_bf16(narrow) : narrow);
}

Matrix Test::random(int64_t rows, int64_t cols, double range) {
  Matrix matrix(rows, cols);
  for (double& value : matrix.values)
    value = representable((2.0 * static_cast<double>(random_.next_float()) - 1.0) * range);
  return matrix;
}

Tensor Test::place(const Matrix& values, int64_t padding, bool may_change, DType dtype) {
  const int64_t stride = values.cols + padding;
  const int64_t total = 2 * kGuard + values.rows * stride;
  Placed placed{ops_.allocate(static_cast<size_t>(total) * size_of(dtype), "test"),
                dtype,
                values.rows,
                values.cols,
                stride,
                may_change,
                std::vector<float>(static_cast<size_t>(total))};
  for (int64_t i = 0; i < total; ++i) placed.image[static_cast<size_t>(i)] = guard_word(i);
  for (int64_t row = 0; row < values.rows; ++row)
    for (int64_t col = 0; col < values.cols; ++col)
      placed.image[static_cast<size_t>(kGuard + row * stride + col)] = static_cast<float>(values(row, col));
  const Tensor all(placed.memory.data(), 1, total, dtype);
  if (dtype == DType::bf16) {
    std::vector<uint16_t> halves;
    for (const float value : placed.image) halves.push_back(upper_half(value));
    ops_.upload(all, halves.data(), dtype);
  } else {
    ops_.upload(all, placed.image.data(), dtype);
  }
  Tensor tensor = all.columns(kGuard, values.cols);
  tensor.rows = values.rows;
  tensor.stride = stride;
  placed_.push_back(std::move(placed));
  return tensor;
}

Tensor Test::output(int64_t rows, int64_t cols, int64_t padding) {
  Matrix unset(rows, cols);
  std::fill(unset.values.begin(), unset.values.end(), std::numeric_limits<double>::quiet_NaN());
  return place(unset, padding, true, activation_);
}

Tensor Test::output_f32(int64_t rows, int64_t cols, int64_t padding) {
  Matrix unset(rows, cols);
  std::fill(unset.values.begin(), unset.values.end(), std::numeric_limits<double>::quiet_NaN());
  return place(unset, padding, true, DType::f32);
}

Matrix Test::read(Tensor x) {
  std::vector<float> host(static_cast<size_t>(x.count()));
  ops_.download(host.data(), x);
  Matrix matrix(x.rows, x.cols);
  for (size_t i = 0; i < host.size(); ++i) {
    matrix.values[i] = static_cast<double>(host[i]);
    digest_ = (digest_ ^ std::bit_cast<uint32_t>(host[i])) * 1099511628211ULL;
  }
  return matrix;
}

void Test::expect(bool condition, const std::string& what) {
  if (!condition) failures_.push_back(what);
}

void Test::expect_equal(double got, double expected, const std::string& what) {
  if (got == expected || (std::isnan(got) && std::isnan(expected))) return;
  std::ostringstream text;
  text.precision(17);
  text << what << ": " << got << " where " << expected << " was expected";
  failures_.push_back(text.str());
}

void Test::expect_near(Tensor got, const Matrix& expected, const std::string& what, double loosening, double at_least) {
  expect_near(read(got), expected, what, loosening * tolerance(got.dtype), at_least);
}

void Test::expect_near(const Matrix& got, const Matrix& expected, const std::string& what, double relative,
                       double at_least) {
  const double allowed = relative * std::fmax(expected.largest(), at_least);
  for (int64_t row = 0; row < expected.rows; ++row) {
    for (int64_t col = 0; col < expected.cols; ++col) {
      if (std::fabs(got(row, col) - expected(row, col)) <= allowed) continue;
      std::ostringstream text;
      text.precision(9);
      text << what << " (" << expected.rows << "," << expected.cols << ") at (" << row << "," << col
           << "): " << got(row, col) << " where " << expected(row, col) << " +- " << allowed << " was expected";
      failures_.push_back(text.str());
      return;
    }
  }
}

void Test::check(const Placed& placed) {
  std::vector<float> now(placed.image.size());
  ops_.download(now.data(), Tensor(placed.memory.data(), 1, static_cast<int64_t>(now.size()), placed.dtype));
  for (int64_t i = 0; i < static_cast<int64_t>(now.size()); ++i) {
    const int64_t inside = i - kGuard;
    const bool data = inside >= 0 && inside < placed.rows * placed.stride && inside % placed.stride < placed.cols;
    if (data && placed.may_change) continue;
    const auto at = static_cast<size_t>(i);
    if (same_bits(now[at], placed.image[at])) continue;
    failures_.push_back((data ? "an input was changed" : "a guard word was changed") + std::string(" at ") +
                        std::to_string(inside) + " of (" + std::to_string(placed.rows) + "," +
                        std::to_string(placed.cols) + ")");
    return;
  }
}

void Test::finish() {
  for (const Placed& placed : placed_) check(placed);
}

std::vector<const Case*>& all_cases() {
  static std::vector<const Case*> cases;
  return cases;
}

Case::Case(const char* name, void (*body)(Test&)) : name(name), body(body) { all_cases().push_back(this); }

}  // namespace adapter_lab::test
