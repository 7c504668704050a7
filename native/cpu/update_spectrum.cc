#include "cpu/update_spectrum.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/double_rows.h"
#include "cpu/select_kernels.h"

namespace adapter_lab {
namespace {

constexpr double kNegligible = 1e-10;  // of the largest value: smaller ones have no direction
constexpr double kOrthogonal = 1e-14;
constexpr int kMostSweeps = 60;

/** Q R by Householder reflections 1 - v v^T (Golub and Van Loan, Matrix Computations, 5.2.2). */
class Reflections {
 public:
  /** The columns become those of R, on and above the diagonal. */
  Reflections(const Kernels& kernels, DoubleRows& columns)
      : kernels_(kernels), v_(std::min(columns.count, columns.length), columns.length) {
    for (int64_t j = 0; j < columns.count; ++j) {
      double* own = columns.row(j);
      const int64_t before = std::min(j, v_.count);
      for (int64_t k = 0; k < before; ++k) apply(k, own);
      if (j < v_.count) reflect(own, j);
    }
  }

  /** x (length), zero from the count of reflections on, becomes Q x. */
  void turn_back(double* x) const {
    for (int64_t k = v_.count - 1; k >= 0; --k) apply(k, x);
  }

 private:
  void apply(int64_t k, double* x) const {
    const double* v = v_.row(k) + k;
    const int64_t rest = v_.length - k;
    kernels_.add_doubles(x + k, -kernels_.dot_doubles(v, x + k, rest), v, rest);
  }

  /** The reflection that clears a column below its diagonal; none for zeros. */
  void reflect(double* own, int64_t k) {
    double* v = v_.row(k);
    const int64_t rest = v_.length - k;
    const double norm = std::sqrt(kernels_.dot_doubles(own + k, own + k, rest));
    if (norm == 0.0) return;
    std::copy(own + k, own + v_.length, v + k);
    v[k] += v[k] < 0.0 ? -norm : norm;
    const double length = std::sqrt(kernels_.dot_doubles(v + k, v + k, rest) / 2.0);
    for (int64_t i = k; i < v_.length; ++i) v[i] /= length;
    own[k] = own[k] < 0.0 ? norm : -norm;
    std::fill(own + k + 1, own + v_.length, 0.0);
  }

  const Kernels& kernels_;
  DoubleRows v_;
};

/** One-sided Jacobi rotations, accurate for small values too (Golub and Van Loan, 8.6.3). */
class Rotations {
 public:
  /** `work` holds the columns of the matrix. */
  Rotations(const Kernels& kernels, DoubleRows work)
      : kernels_(kernels), work_(std::move(work)), turned_(DoubleRows::identity(work_.count)) {
    order_.resize(static_cast<size_t>(work_.count));
    squares_.resize(order_.size());
    std::iota(order_.begin(), order_.end(), 0);
    for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
      sort();
      if (!rotate_all()) break;
    }
    sort();
  }

  double value(int64_t place) const { return std::sqrt(squares_[order_[static_cast<size_t>(place)]]); }
  /** Of the value at this place: its length times a unit vector, and the unit vector that the matrix takes there. */
  const double* scaled(int64_t place) const { return work_.row(row(place)); }
  const double* other(int64_t place) const { return turned_.row(row(place)); }

 private:
  int64_t row(int64_t place) const { return static_cast<int64_t>(order_[static_cast<size_t>(place)]); }

  /** Longer columns first: fewer rotations are needed. Squares follow the rotations and are counted anew here. */
  void sort() {
    for (int64_t i = 0; i < work_.count; ++i)
      squares_[static_cast<size_t>(i)] = kernels_.dot_doubles(work_.row(i), work_.row(i), work_.length);
    std::sort(order_.begin(), order_.end(), [&](size_t a, size_t b) { return squares_[a] > squares_[b]; });
  }

  /** False when all columns were orthogonal. */
  bool rotate_all() {
    bool rotated = false;
    for (size_t one = 0; one < order_.size(); ++one)
      for (size_t other = one + 1; other < order_.size(); ++other)
        rotated = rotate(order_[one], order_[other]) || rotated;
    return rotated;
  }

  bool rotate(size_t one, size_t other) {
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

  const Kernels& kernels_;
  DoubleRows work_;
  DoubleRows turned_;
  std::vector<size_t> order_;
  std::vector<double> squares_;
};

/** R of columns that became R's, row by row: (least of length and count, count). */
DoubleRows rows_of(const DoubleRows& columns) {
  DoubleRows rows(std::min(columns.length, columns.count), columns.count);
  for (int64_t j = 0; j < columns.count; ++j)
    for (int64_t i = 0; i < std::min(j + 1, rows.count); ++i) rows.row(i)[j] = columns.row(j)[i];
  return rows;
}

}  // namespace

UpdateSpectrum update_spectrum(const UpdateFactors& factors, int64_t most) {
  const Kernels& kernels = select_kernels();
  const auto& [rank, in, out, scale, a, b] = factors;
  DoubleRows outer(rank, out);
  DoubleRows inner(rank, in);
  std::copy(a.begin(), a.end(), inner.values.begin());
  for (int64_t row = 0; row < out; ++row)
    for (int64_t k = 0; k < rank; ++k)
      outer.row(k)[row] = scale * static_cast<double>(b[static_cast<size_t>(row * rank + k)]);
  const Reflections outer_q(kernels, outer);
  const Reflections inner_q(kernels, inner);
  DoubleRows left = rows_of(outer);
  DoubleRows right = rows_of(inner);
  // The longer side's vectors are as long, the shorter side's are what is rotated.
  const bool is_tall = left.count >= right.count;
  const DoubleRows& lengths = is_tall ? left : right;
  const DoubleRows& columns = is_tall ? right : left;
  DoubleRows core(columns.count, lengths.count);
  for (int64_t j = 0; j < core.count; ++j)
    for (int64_t i = 0; i < core.length; ++i) {
      const int64_t first = std::max(i, j);
      core.row(j)[i] = kernels.dot_doubles(lengths.row(i) + first, columns.row(j) + first, rank - first);
    }
  const Rotations svd(kernels, std::move(core));

  UpdateSpectrum spectrum;
  int64_t count = 0;
  for (int64_t place = 0; place < columns.count; ++place) {
    spectrum.values.push_back(svd.value(place));
    count += place < most && svd.value(place) > kNegligible * svd.value(0);
  }
  spectrum.left.resize(static_cast<size_t>(count * out));
  spectrum.right.resize(static_cast<size_t>(count * in));
  for (int64_t place = 0; place < count; ++place) {
    double* to_left = spectrum.left.data() + place * out;
    double* to_right = spectrum.right.data() + place * in;
    double* scaled = is_tall ? to_left : to_right;
    for (int64_t i = 0; i < lengths.count; ++i) scaled[i] = svd.scaled(place)[i] / svd.value(place);
    std::copy(svd.other(place), svd.other(place) + columns.count, is_tall ? to_right : to_left);
    outer_q.turn_back(to_left);
    inner_q.turn_back(to_right);
  }
  return spectrum;
}

}  // namespace adapter_lab
