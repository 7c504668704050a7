#include "cpu/row_rotations.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace adapter_lab {
namespace {

constexpr double kOrthogonal = 1e-14;
constexpr int kMostSweeps = 60;

}  // namespace

RowRotations::RowRotations(const Kernels& kernels, DoubleRows rows)
    : kernels_(kernels), work_(std::move(rows)), turned_(DoubleRows::identity(work_.count)) {
  order_.resize(static_cast<size_t>(work_.count));
  squares_.resize(order_.size());
  std::iota(order_.begin(), order_.end(), 0);
  for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
    sort();
    if (!rotate_all()) break;
  }
  sort();
}

double RowRotations::value(int64_t place) const { return std::sqrt(squares_[order_[static_cast<size_t>(place)]]); }

/** Longer rows first: fewer rotations are needed. Squares follow the rotations and are counted anew here. */
void RowRotations::sort() {
  for (int64_t i = 0; i < work_.count; ++i)
    squares_[static_cast<size_t>(i)] = kernels_.dot_doubles(work_.row(i), work_.row(i), work_.length);
  std::sort(order_.begin(), order_.end(), [&](size_t a, size_t b) { return squares_[a] > squares_[b]; });
}

/** False when all rows were orthogonal. */
bool RowRotations::rotate_all() {
  bool rotated = false;
  for (size_t one = 0; one < order_.size(); ++one)
    for (size_t other = one + 1; other < order_.size(); ++other)
      rotated = rotate(order_[one], order_[other]) || rotated;
  return rotated;
}

bool RowRotations::rotate(size_t one, size_t other) {
  double* a = work_.row(static_cast<int64_t>(one));
  double* b = work_.row(static_cast<int64_t>(other));
  const double ab = kernels_.dot_doubles(a, b, work_.length);
  if (ab == 0.0 || std::fabs(ab) <= kOrthogonal * std::sqrt(squares_[one] * squares_[other])) return false;
  const double ratio = (squares_[other] - squares_[one]) / (2.0 * ab);
  const double tangent = (ratio < 0.0 ? -1.0 : 1.0) / (std::fabs(ratio) + std::hypot(1.0, ratio));
  const double cosine = 1.0 / std::hypot(1.0, tangent);
  kernels_.turn_doubles(a, b, cosine, cosine * tangent, work_.length);
  kernels_.turn_doubles(turned_.row(static_cast<int64_t>(one)), turned_.row(static_cast<int64_t>(other)), cosine,
                        cosine * tangent, turned_.length);
  squares_[one] = std::max(0.0, squares_[one] - tangent * ab);
  squares_[other] = std::max(0.0, squares_[other] + tangent * ab);
  return true;
}

}  // namespace adapter_lab
