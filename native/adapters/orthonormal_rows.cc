#include "adapters/orthonormal_rows.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "cpu/select_kernels.h"

namespace adapter_lab {
namespace {

constexpr int kMostPasses = 6;
constexpr double kDependent = 1e-12;  // of a row's square: what is left of it beside the rows before it is rounding
constexpr double kGoodEnough = 1e-2;  // left of every row: one pass makes it orthonormal to the rounding of f32

DoubleRows downloaded(Ops& ops, Tensor x) {
  std::vector<float> host(static_cast<size_t>(x.count()));
  ops.download(host.data(), x);
  DoubleRows rows(x.rows, x.cols);
  std::copy(host.begin(), host.end(), rows.values.begin());
  return rows;
}

struct Factor {
  double least;       // part of a row's square that is left beside the rows before it
  int64_t dependent;  // the first row of which nothing is left, or -1
};

/** The lower triangle of `gram` becomes L of L L^T (Cholesky). */
Factor factor(const Kernels& kernels, DoubleRows& gram) {
  Factor result{1.0, -1};
  for (int64_t i = 0; i < gram.count; ++i) {
    double* own = gram.row(i);
    for (int64_t j = 0; j < i; ++j) own[j] = (own[j] - kernels.dot_doubles(own, gram.row(j), j)) / gram.row(j)[j];
    const double left = own[i] - kernels.dot_doubles(own, own, i);
    if (!(left > kDependent * own[i])) return {0.0, i};
    result.least = std::min(result.least, left / own[i]);
    own[i] = std::sqrt(left);
  }
  return result;
}

/** The inverse of a lower triangle, as f32 with zeros above. */
std::vector<float> inverse(const Kernels& kernels, const DoubleRows& lower) {
  const int64_t n = lower.count;
  DoubleRows rows(n, n);
  for (int64_t i = 0; i < n; ++i) {
    double* own = rows.row(i);
    for (int64_t j = 0; j < i; ++j) kernels.add_doubles(own, -lower.row(i)[j], rows.row(j), j + 1);
    own[i] = 1.0;
    for (int64_t j = 0; j <= i; ++j) own[j] /= lower.row(i)[i];
  }
  return {rows.values.begin(), rows.values.end()};
}

void draw(Ops& ops, Tensor row, Random& random) {
  std::vector<float> values(static_cast<size_t>(row.cols));
  for (float& value : values) value = random.next_float() - 0.5f;
  ops.upload(row, values.data(), DType::f32);
}

}  // namespace

DoubleRows row_products(Ops& ops, Tensor x, Tensor y) {
  const Kernels& kernels = select_kernels();
  const DoubleRows left = downloaded(ops, x);
  const DoubleRows right = x.data == y.data ? DoubleRows(0, 0) : downloaded(ops, y);
  const DoubleRows& other = x.data == y.data ? left : right;
  DoubleRows h(x.rows, y.rows);
  for (int64_t i = 0; i < h.count; ++i)
    for (int64_t j = 0; j <= i; ++j) h.row(i)[j] = kernels.dot_doubles(left.row(i), other.row(j), x.cols);
  return h;
}

void orthonormalize(Ops& ops, Tensor x, Tensor spare, Tensor small, Random& random) {
  const Kernels& kernels = select_kernels();
  for (int pass = 0, drawn = 0; pass < kMostPasses && drawn <= x.rows;) {
    DoubleRows gram = row_products(ops, x, x);
    const Factor found = factor(kernels, gram);
    if (found.dependent >= 0) {
      draw(ops, x.slice(found.dependent, 1), random);
      ++drawn;
      continue;
    }
    ops.upload(small, inverse(kernels, gram).data(), DType::f32);
    ops.copy(spare, x);
    ops.gemm(x, small, false, spare, false, 1.0f, 0.0f);
    if (found.least > kGoodEnough) return;
    ++pass;
  }
}

}  // namespace adapter_lab
