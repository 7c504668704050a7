#include "adapters/principal_pair.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "adapters/orthonormal_rows.h"
#include "adapters/weight_square.h"
#include "core/random.h"
#include "cpu/row_rotations.h"
#include "cpu/select_kernels.h"

namespace adapter_lab {
namespace {

constexpr int64_t kExtraRows = 16;  // of the subspace, at least, beside the wanted ones
constexpr int kFirstSquares = 2;    // multiplications before anything is known of the values
constexpr int kMostRounds = 40;
constexpr double kMostError = 1e-5;    // of the wanted directions: their part outside of the subspace
constexpr double kMostDegree = 24.0;   // of a filter
constexpr double kMostGrowth = 1e5;    // of the largest direction over the smallest one in a filter
constexpr double kLeastBound = 1e-12;  // of the largest value
constexpr double kRounding = std::numeric_limits<float>::epsilon() / 2;

/** Rows of the subspace: all of a side that is not much longer, which needs no filter. */
int64_t subspace_rows(int64_t rank, int64_t shorter) {
  const int64_t rows = rank + std::max(rank, kExtraRows);
  return 3 * rows >= 2 * shorter ? shorter : rows;
}

/** log(2 T_d(x)) / d for large d: how fast a Chebyshev polynomial grows with its degree, at values of
 *  [0, bound] mapped to [-1, 1]. */
double growth(double value, double bound) { return std::acosh(std::max(2.0 * value / bound - 1.0, 1.0)); }

class Iteration {
 public:
  Iteration(Ops& ops, Tensor weight, int64_t rank, uint64_t stream)
      : ops_(ops),
        rank_(rank),
        rows_(subspace_rows(rank, std::min(weight.rows, weight.cols))),
        square_(ops, weight, rows_),
        random_(0, stream) {
    const int64_t n = square_.shorter();
    const int64_t m = square_.longer();
    const auto floats = static_cast<size_t>(3 * rows_ * n + rows_ * rows_ + 2 * rows_ * m);
    memory_ = ops.allocate(floats * sizeof(float), "the principal directions of a weight");
    auto* next = static_cast<float*>(memory_.data());
    const auto cut = [&](int64_t count, int64_t length) {
      const Tensor part(next, count, length);
      next += count * length;
      return part;
    };
    x_ = cut(rows_, n);
    before_ = cut(rows_, n);
    spare_ = cut(rows_, n);
    small_ = cut(rows_, rows_);
    y_ = cut(rows_, m);
    turned_ = cut(rows_, m);
  }

  void run() {
    begin();
    if (rows_ == square_.shorter()) return rotate();
    rotate_roughly();
    if (value(0) == 0.0) return rotate();
    set_bound(rank_ + (rows_ - rank_) / 4);
    // In f32 a formed square loses what is small beside its mean.
    const double noise = kRounding * std::sqrt(static_cast<double>(x_.cols)) * square_.mean();
    if (square_.is_formed() && !(noise < kMostError * (value(rank_ - 1) - value(rows_ - 1)))) square_.forget();
    bool is_exact = false;
    for (int round = 0; round < kMostRounds && !(error_ < kMostError && is_exact); ++round) is_exact = improve(round);
    if (!is_exact) rotate();
  }

  const WeightSquare& square() const { return square_; }
  /** Unit rows of the shorter side, and what the weight makes of them on the longer one: rows of length sigma. */
  Tensor inner() const { return x_.slice(0, rank_); }
  Tensor outer() const { return y_.slice(0, rank_); }
  double sigma(int64_t i) const { return std::sqrt(std::max(0.0, value(i))); }

 private:
  double value(int64_t i) const { return values_[static_cast<size_t>(i)]; }

  void begin() {
    std::vector<float> host(static_cast<size_t>(x_.count()));
    for (float& value : host) value = random_.next_float() - 0.5f;
    ops_.upload(x_, host.data(), DType::f32);
    for (int i = 0; i < kFirstSquares; ++i) {
      square_.multiply(spare_, x_, 1.0, 0.0);
      std::swap(x_, spare_);
    }
    orthonormalize(ops_, x_, spare_, small_, random_);
  }

  /** A filter and what it changed; whether the values are those of W, to its rounding. */
  bool improve(int round) {
    const double rate = std::max(growth(value(rank_ - 1), bound_), 1e-3);
    const double needed = std::log(2.0 * std::max(error_, kMostError) / kMostError) / rate;
    const double most = std::min(kMostDegree, std::log(kMostGrowth) / std::max(growth(value(0), bound_), 1e-3));
    const auto degree = static_cast<int64_t>(std::clamp(std::ceil(std::min(needed, most)), 1.0, kMostDegree));
    const bool is_last = round > 0 && needed <= most;
    ops_.copy(before_, x_);
    filter(degree);
    orthonormalize(ops_, x_, spare_, small_, random_);
    is_last ? rotate() : rotate_roughly();
    // Of the change the filter leaves as much as of all that is outside.
    const double left = std::cosh(static_cast<double>(degree) * growth(value(rows_ - 1), bound_)) /
                        std::cosh(static_cast<double>(degree) * growth(value(rank_ - 1), bound_));
    error_ = change() * left;
    set_bound(rank_ + 3 * (rows_ - rank_) / 4);
    return is_last;
  }

  /** The next filter is small up to value i, which may be rounding alone. */
  void set_bound(int64_t i) { bound_ = std::max(value(i), kLeastBound * value(0)); }

  /** x becomes T(M) x, T the Chebyshev polynomial that is small on [0, bound], scaled so that it stays finite. */
  void filter(int64_t degree) {
    const double middle = bound_ / 2.0;
    square_.set_shift(middle);
    const double first = middle / std::max(value(0) - middle, middle);
    double ratio = first;
    square_.multiply(spare_, x_, ratio / middle, 0.0);
    std::swap(x_, spare_);
    for (int64_t i = 1; i < degree; ++i) {
      const double next = 1.0 / (2.0 / first - ratio);
      square_.multiply(spare_, x_, 2.0 * next / middle, -ratio * next);
      std::swap(x_, spare_);
      ratio = next;
    }
  }

  /** Rayleigh and Ritz: the subspace's own singular directions, by the weight itself. */
  void rotate() {
    square_.lengthen(y_, x_);
    turn(row_products(ops_, y_, y_), 0.0);
    ops_.gemm(turned_, small_, false, y_, false, 1.0f, 0.0f);
    std::swap(y_, turned_);
  }

  /** The same by M: good enough between two filters. */
  void rotate_roughly() {
    if (!square_.is_formed()) return rotate();
    square_.multiply(spare_, x_, 1.0, 0.0);
    turn(row_products(ops_, spare_, x_), square_.shift());
  }

  /** x turned by the eigenvectors of h + shift, which `small_` then holds.
   *  Its rows become orthogonal as well as long. */
  void turn(DoubleRows h, double shift) {
    for (int64_t i = 0; i < rows_; ++i) {
      h.row(i)[i] += shift;
      for (int64_t j = 0; j < i; ++j) h.row(j)[i] = h.row(i)[j];
    }
    const RowRotations eigen(select_kernels(), std::move(h));
    std::vector<float> vectors;
    values_.clear();
    for (int64_t i = 0; i < rows_; ++i) {
      values_.push_back(eigen.value(i));
      vectors.insert(vectors.end(), eigen.other(i), eigen.other(i) + rows_);
    }
    ops_.upload(small_, vectors.data(), DType::f32);
    ops_.gemm(spare_, small_, false, x_, false, 1.0f, 0.0f);
    std::swap(x_, spare_);
  }

  /** Length of what of the wanted directions is outside of those of the round before. */
  double change() {
    const Tensor wanted = before_.slice(0, rank_);
    const Tensor outside = spare_.slice(0, rank_);
    const Tensor parts = small_.reshaped(1, rows_ * rows_).columns(0, rank_ * rank_).reshaped(rank_, rank_);
    ops_.copy(outside, inner());
    ops_.gemm(parts, outside, false, wanted, true, 1.0f, 0.0f);
    ops_.gemm(outside, parts, false, wanted, false, -1.0f, 1.0f);
    return std::sqrt(ops_.sum_of_squares({&outside, 1}));
  }

  Ops& ops_;
  int64_t rank_;
  int64_t rows_;
  WeightSquare square_;
  Random random_;
  Buffer memory_;
  Tensor x_;       // (rows, n): the subspace
  Tensor before_;  // (rows, n): that of the round before
  Tensor spare_;   // (rows, n)
  Tensor small_;   // (rows, rows)
  Tensor y_;       // (rows, m)
  Tensor turned_;  // (rows, m)
  std::vector<double> values_;
  double bound_ = 0.0;
  double error_ = 1.0;
};

/** (count, count) with these values on its diagonal. */
std::vector<float> diagonal(const std::vector<double>& values) {
  const size_t count = values.size();
  std::vector<float> matrix(count * count);
  for (size_t i = 0; i < count; ++i) matrix[i * count + i] = static_cast<float>(values[i]);
  return matrix;
}

}  // namespace

void principal_pair(Ops& ops, Tensor a, Tensor b, Tensor weight, float scale, uint64_t stream) {
  const int64_t rank = a.rows;
  Iteration iteration(ops, weight, rank, stream);
  iteration.run();
  // The rows of the longer side are sigma times unit rows.
  std::vector<double> inner;
  std::vector<double> outer;
  for (int64_t i = 0; i < rank; ++i) {
    const double sigma = iteration.sigma(i);
    inner.push_back(std::sqrt(sigma / static_cast<double>(scale)));
    outer.push_back(sigma > 0.0 ? inner.back() / sigma : 0.0);
  }
  const bool by_columns = iteration.square().by_columns();
  const Buffer memory = ops.allocate(static_cast<size_t>(rank * rank) * sizeof(float), "principal directions");
  const Tensor lengths(memory.data(), rank, rank);
  ops.upload(lengths, diagonal(by_columns ? inner : outer).data(), DType::f32);
  ops.gemm(a, lengths, false, by_columns ? iteration.inner() : iteration.outer(), false, 1.0f, 0.0f);
  ops.upload(lengths, diagonal(by_columns ? outer : inner).data(), DType::f32);
  ops.gemm(b, by_columns ? iteration.outer() : iteration.inner(), true, lengths, false, 1.0f, 0.0f);
}

}  // namespace adapter_lab
