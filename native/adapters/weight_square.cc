#include "adapters/weight_square.h"

#include <algorithm>

namespace adapter_lab {
namespace {

constexpr int64_t kFormedRows = 192;
constexpr int64_t kUsualDegree = 16;  // multiplications of all rows that finding directions takes

/** Forming half of M and multiplying by it against multiplying by W twice. */
bool is_worth_forming(int64_t n, int64_t m, int64_t rows) {
  return n * m + 2 * kUsualDegree * rows * n <= 4 * kUsualDegree * rows * m;
}

}  // namespace

WeightSquare::WeightSquare(Ops& ops, Tensor weight, int64_t most)
    : ops_(ops), weight_(weight), by_columns_(weight.cols <= weight.rows) {
  const auto floats = static_cast<size_t>(most * longer() + shorter());
  memory_ = ops.allocate(floats * sizeof(float), "the square of a weight");
  gain_ = Tensor(memory_.data(), 1, shorter());
  long_ = Tensor(gain_.f32() + shorter(), most, longer());
  if (is_worth_forming(shorter(), longer(), most)) form();
}

/** The lower triangle by blocks of rows; the upper one is its mirror. */
void WeightSquare::form() {
  const int64_t n = shorter();
  formed_memory_ = ops_.allocate(static_cast<size_t>(n * n) * sizeof(float), "the square of a weight");
  formed_ = Tensor(formed_memory_.data(), n, n);
  for (int64_t first = 0; first < n; first += kFormedRows) {
    const int64_t count = std::min(kFormedRows, n - first);
    const int64_t end = first + count;
    const Tensor to = formed_.slice(first, count).columns(0, end);
    const Tensor some = by_columns_ ? weight_.columns(first, count) : weight_.slice(first, count);
    const Tensor rest = by_columns_ ? weight_.columns(0, end) : weight_.slice(0, end);
    ops_.gemm(to, some, by_columns_, rest, !by_columns_, 1.0f, 0.0f);
  }
  square_.resize(static_cast<size_t>(n * n));
  ops_.download(square_.data(), formed_);
  for (int64_t i = 0; i < n; ++i) {
    mean_ += static_cast<double>(square_[static_cast<size_t>(i * n + i)]) / static_cast<double>(n);
    for (int64_t j = 0; j < i; ++j) square_[static_cast<size_t>(j * n + i)] = square_[static_cast<size_t>(i * n + j)];
  }
  set_shift(0.0);
}

void WeightSquare::set_shift(double shift) {
  shift_ = shift;
  if (!is_formed()) return;
  const int64_t n = shorter();
  std::vector<float> shifted = square_;
  for (int64_t i = 0; i < n; ++i) shifted[static_cast<size_t>(i * n + i)] -= static_cast<float>(shift);
  ops_.upload(formed_, shifted.data(), DType::f32);
}

void WeightSquare::multiply(Tensor y, Tensor x, double factor, double before) {
  if (is_formed())
    return ops_.gemm(y, x, false, formed_, false, static_cast<float>(factor), static_cast<float>(before));
  const Tensor product = long_.slice(0, x.rows);
  lengthen(product, x);
  ops_.gemm(y, product, false, weight_, !by_columns_, static_cast<float>(factor), static_cast<float>(before));
  if (shift_ == 0.0) return;
  const std::vector<float> less(static_cast<size_t>(x.cols), static_cast<float>(-factor * shift_));
  ops_.upload(gain_, less.data(), DType::f32);
  ops_.scale_columns(y, x, gain_, true);
}

}  // namespace adapter_lab
