#include "adapters/principal_pair.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "core/double_rows.h"
#include "core/random.h"

namespace adapter_lab {
namespace {

constexpr int64_t kExtraRows = 16;   // of the subspace, at least, beside the wanted ones
constexpr int kMostRounds = 60;
constexpr double kSettled = 1e-11;   // squared sine of the angle between two rounds' wanted subspaces
constexpr int64_t kMostDegree = 12;  // of a filter
constexpr double kMostGrowth = 1e4;  // of the largest direction over the smallest one in a filter

double dot(const double* a, const double* b, int64_t n) {
  double parts[8] = {};
  int64_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (int64_t k = 0; k < 8; ++k) parts[k] += a[i + k] * b[i + k];
  for (; i < n; ++i) parts[0] += a[i] * b[i];
  return std::accumulate(std::begin(parts), std::end(parts), 0.0);
}

void subtract(double* y, const double* x, double factor, int64_t n) {
  for (int64_t i = 0; i < n; ++i) y[i] -= factor * x[i];
}

/** Rows become orthonormal, each cleared of those before it twice; one that vanishes is drawn anew. */
void orthonormalize(DoubleRows& rows, Random& random) {
  for (int64_t i = 0; i < rows.count; ++i) {
    double* own = rows.row(i);
    for (int pass = 0; pass < 3; ++pass) {
      const double before = std::sqrt(dot(own, own, rows.length));
      for (int64_t j = 0; j < i; ++j) subtract(own, rows.row(j), dot(rows.row(j), own, rows.length), rows.length);
      const double after = std::sqrt(dot(own, own, rows.length));
      if (!(after > 1e-10 * before) || after == 0.0) {
        for (int64_t k = 0; k < rows.length; ++k) own[k] = static_cast<double>(random.next_float()) - 0.5;
        pass = -1;
        continue;
      }
      for (int64_t k = 0; k < rows.length; ++k) own[k] /= after;
      if (pass > 0 && after > 0.5 * before) break;
    }
  }
}

/** Eigenvectors of the symmetric `h` as rows of the result, the largest value first; Jacobi's rotations. */
std::pair<DoubleRows, std::vector<double>> eigenvectors(DoubleRows h) {
  const int64_t n = h.count;
  DoubleRows q = DoubleRows::identity(n);
  for (int sweep = 0; sweep < 40; ++sweep) {
    double off = 0.0;
    double all = 0.0;
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = 0; j < n; ++j) (i == j ? all : off) += h.row(i)[j] * h.row(i)[j];
    if (off <= 1e-30 * all) break;
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = i + 1; j < n; ++j) {
        const double x = h.row(i)[j];
        if (x == 0.0) continue;
        const double theta = (h.row(j)[j] - h.row(i)[i]) / (2.0 * x);
        const double t = (theta >= 0 ? 1.0 : -1.0) / (std::fabs(theta) + std::hypot(theta, 1.0));
        const double c = 1.0 / std::hypot(t, 1.0);
        const double s = t * c;
        const auto turn = [&](double& a, double& b) {
          const double old = a;
          a = c * old - s * b;
          b = s * old + c * b;
        };
        for (int64_t k = 0; k < n; ++k) turn(h.row(k)[i], h.row(k)[j]);
        for (int64_t k = 0; k < n; ++k) turn(h.row(i)[k], h.row(j)[k]);
        for (int64_t k = 0; k < n; ++k) turn(q.row(i)[k], q.row(j)[k]);
      }
  }
  std::vector<int64_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int64_t i, int64_t j) { return h.row(i)[i] > h.row(j)[j]; });
  DoubleRows sorted(n, n);
  std::vector<double> values;
  for (const int64_t i : order) {
    std::copy(q.row(i), q.row(i) + n, sorted.row(static_cast<int64_t>(values.size())));
    values.push_back(h.row(i)[i]);
  }
  return {std::move(sorted), std::move(values)};
}

/** The weight as a map between its shorter side, where the subspace lies, and its longer one. */
class Iteration {
 public:
  Iteration(Ops& ops, Tensor weight, int64_t rank, uint64_t stream)
      : ops_(ops),
        weight_(weight),
        by_columns_(weight.cols <= weight.rows),
        rank_(rank),
        random_(0, stream),
        x_(std::min(std::min(weight.rows, weight.cols), rank + std::max(rank, kExtraRows)),
           std::min(weight.rows, weight.cols)),
        y_(x_.count, std::max(weight.rows, weight.cols)) {
    const auto bytes = static_cast<size_t>((3 * x_.length + y_.length) * x_.count) * sizeof(float);
    memory_ = ops.allocate(bytes, "the principal directions of a weight");
    auto* next = static_cast<float*>(memory_.data());
    for (Tensor& block : short_) {
      block = Tensor(next, x_.count, x_.length);
      next += x_.count * x_.length;
    }
    long_ = Tensor(next, y_.count, y_.length);
  }

  void run() {
    for (double& value : x_.values) value = static_cast<double>(random_.next_float()) - 0.5;
    orthonormalize(x_, random_);
    rotate();
    for (int round = 0; round < kMostRounds && x_.count < x_.length; ++round) {
      const DoubleRows before = x_;
      filter();
      orthonormalize(x_, random_);
      rotate();
      if (round > 0 && change_from(before) < kSettled) break;
    }
    if (x_.count == x_.length) rotate();
  }

  /** Unit rows: of the shorter side, of the longer one, and the singular values. */
  const DoubleRows& inner() const { return x_; }
  const DoubleRows& outer() const { return y_; }
  double sigma(int64_t i) const { return std::sqrt(std::max(0.0, values_[static_cast<size_t>(i)])); }
  bool by_columns() const { return by_columns_; }

 private:
  static void upload(Ops& ops, Tensor to, const DoubleRows& from) {
    const std::vector<float> floats(from.values.begin(), from.values.end());
    ops.upload(to, floats.data(), DType::f32);
  }

  /** to <- the rows of `from` times W, from the shorter side to the longer one. */
  void lengthen(Tensor to, Tensor from) { ops_.gemm(to, from, false, weight_, by_columns_, 1.0f, 0.0f); }
  /** to <- factor (W back) from + beta to. */
  void shorten(Tensor to, Tensor from, double factor, double beta) {
    ops_.gemm(to, from, false, weight_, !by_columns_, static_cast<float>(factor), static_cast<float>(beta));
  }

  /** Rayleigh and Ritz: the subspace's own singular directions. */
  void rotate() {
    upload(ops_, short_[0], x_);
    lengthen(long_, short_[0]);
    std::vector<float> host(y_.values.size());
    ops_.download(host.data(), long_);
    DoubleRows y(y_.count, y_.length);
    std::copy(host.begin(), host.end(), y.values.begin());
    DoubleRows h(x_.count, x_.count);
    for (int64_t i = 0; i < h.count; ++i)
      for (int64_t j = 0; j <= i; ++j) h.row(i)[j] = h.row(j)[i] = dot(y.row(i), y.row(j), y.length);
    auto [q, values] = eigenvectors(std::move(h));
    x_ = product(q, x_);
    y_ = product(q, y);
    values_ = std::move(values);
    for (int64_t i = 0; i < y_.count; ++i) {
      const double length = sigma(i);
      if (length > 0)
        for (int64_t k = 0; k < y_.length; ++k) y_.row(i)[k] /= length;
    }
  }

  static DoubleRows product(const DoubleRows& q, const DoubleRows& rows) {
    DoubleRows result(q.count, rows.length);
    for (int64_t i = 0; i < q.count; ++i)
      for (int64_t j = 0; j < q.length; ++j) subtract(result.row(i), rows.row(j), -q.row(i)[j], rows.length);
    return result;
  }

  /** x becomes p(W W^T) x, p a Chebyshev polynomial that is small below the subspace's smallest value. */
  void filter() {
    const double top = values_.front();
    const double middle = std::max(values_.back(), 1e-12 * top) / 2;
    const double growth = std::acosh(std::max((top - middle) / middle, 1.0));
    const auto degree = std::clamp(static_cast<int64_t>(std::log(kMostGrowth) / std::max(growth, 1e-3)), int64_t{1},
                                   kMostDegree);
    Tensor previous = short_[0];
    Tensor current = short_[1];
    upload(ops_, previous, x_);
    double ratio = middle / std::max(top - middle, middle);
    const double twice = 2.0 / ratio;
    step(current, previous, Tensor(), {ratio / middle, ratio, 0.0});
    for (int64_t i = 1; i < degree; ++i) {
      const double next = 1.0 / (twice - ratio);
      step(short_[2], current, previous, {2 * next / middle, 2 * next, ratio * next});
      std::swap(previous, short_[2]);
      std::swap(previous, current);
      ratio = next;
    }
    std::vector<float> host(x_.values.size());
    ops_.download(host.data(), current);
    std::copy(host.begin(), host.end(), x_.values.begin());
    short_[0] = previous;
    short_[1] = current;
  }

  struct Factors {
    double product;
    double self;
    double before;
  };

  /** to <- factors.product W W^T x - factors.self x - factors.before before. */
  void step(Tensor to, Tensor x, Tensor before, Factors factors) {
    const std::vector<float> minus(static_cast<size_t>(x.cols), static_cast<float>(-factors.self));
    const Buffer memory = ops_.allocate(minus.size() * sizeof(float), "a filter");
    const Tensor gain(memory.data(), 1, x.cols);
    ops_.upload(gain, minus.data(), DType::f32);
    ops_.scale_columns(to, x, gain, false);
    if (!before.empty()) {
      const std::vector<float> less(minus.size(), static_cast<float>(-factors.before));
      ops_.upload(gain, less.data(), DType::f32);
      ops_.scale_columns(to, before, gain, true);
    }
    lengthen(long_, x);
    shorten(to, long_, factors.product, 1.0);
  }

  /** The largest part of a wanted direction outside those of the round before. */
  double change_from(const DoubleRows& before) const {
    double most = 0.0;
    for (int64_t i = 0; i < rank_; ++i) {
      double inside = 0.0;
      for (int64_t j = 0; j < rank_; ++j) {
        const double part = dot(x_.row(i), before.row(j), x_.length);
        inside += part * part;
      }
      most = std::max(most, 1.0 - inside);
    }
    return most;
  }

  Ops& ops_;
  Tensor weight_;
  bool by_columns_;
  int64_t rank_;
  Random random_;
  DoubleRows x_;
  DoubleRows y_;
  std::vector<double> values_;
  Buffer memory_;
  Tensor short_[3];
  Tensor long_;
};

}  // namespace

void principal_pair(Ops& ops, Tensor a, Tensor b, Tensor weight, float scale, uint64_t stream) {
  Iteration iteration(ops, weight, a.rows, stream);
  iteration.run();
  const DoubleRows& in = iteration.by_columns() ? iteration.inner() : iteration.outer();
  const DoubleRows& out = iteration.by_columns() ? iteration.outer() : iteration.inner();
  std::vector<float> rows(static_cast<size_t>(a.count()));
  std::vector<float> columns(static_cast<size_t>(b.count()));
  for (int64_t i = 0; i < a.rows; ++i) {
    const double factor = std::sqrt(iteration.sigma(i) / static_cast<double>(scale));
    for (int64_t k = 0; k < a.cols; ++k)
      rows[static_cast<size_t>(i * a.cols + k)] = static_cast<float>(factor * in.row(i)[k]);
    for (int64_t k = 0; k < b.rows; ++k)
      columns[static_cast<size_t>(k * a.rows + i)] = static_cast<float>(factor * out.row(i)[k]);
  }
  ops.upload(a, rows.data(), DType::f32);
  ops.upload(b, columns.data(), DType::f32);
}

}  // namespace adapter_lab
