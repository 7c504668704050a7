#include "cpu/update_spectrum.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/double_rows.h"
#include "cpu/row_rotations.h"
#include "cpu/select_kernels.h"

namespace adapter_lab {
namespace {

constexpr double kNegligible = 1e-10;  // of the largest value: smaller ones have no direction

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
  const RowRotations svd(kernels, std::move(core));

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
