#include "adapters/initial_values.h"

#include <cmath>

namespace adapter_lab {
namespace {

constexpr double kOrthogonalScale = 0.1;

/** Rows of a random orthogonal matrix (rank, rank): normal rows, each made orthogonal to those before it, twice. */
std::vector<double> orthogonal_rows(int64_t rank, Random& random) {
  std::vector<double> q(static_cast<size_t>(rank * rank));
  for (double& value : q) value = random.next_normal();
  const auto row = [&](int64_t index) { return q.data() + index * rank; };
  for (int64_t i = 0; i < rank; ++i) {
    for (int round = 0; round < 2; ++round)
      for (int64_t j = 0; j < i; ++j) {
        double inner = 0.0;
        for (int64_t k = 0; k < rank; ++k) inner += row(i)[k] * row(j)[k];
        for (int64_t k = 0; k < rank; ++k) row(i)[k] -= inner * row(j)[k];
      }
    double squares = 0.0;
    for (int64_t k = 0; k < rank; ++k) squares += row(i)[k] * row(i)[k];
    for (int64_t k = 0; k < rank; ++k) row(i)[k] /= std::sqrt(squares);
  }
  return q;
}

/** values (count, rank): a tenth of normal rows times every second row of q, from `first` on. */
std::vector<double> half_products(const std::vector<double>& q, int64_t first, int64_t count, Random& random) {
  const auto rank = static_cast<int64_t>(std::sqrt(static_cast<double>(q.size())));
  std::vector<double> values(static_cast<size_t>(count * rank));
  for (int64_t n = 0; n < count; ++n)
    for (int64_t i = first; i < rank; i += 2) {
      const double factor = kOrthogonalScale * random.next_normal();
      for (int64_t k = 0; k < rank; ++k)
        values[static_cast<size_t>(n * rank + k)] += factor * q[static_cast<size_t>(i * rank + k)];
    }
  return values;
}

/** PEFT's orthogonal_init: rows of one half of q make A's columns, those of the other half B's rows. */
InitialPair orthogonal_pair(int64_t rank, int64_t in, int64_t out, Random& random) {
  const std::vector<double> q = orthogonal_rows(rank, random);
  const std::vector<double> a_columns = half_products(q, 0, in, random);
  const std::vector<double> b_rows = half_products(q, 1, out, random);
  InitialPair pair{std::vector<float>(a_columns.size()), std::vector<float>(b_rows.begin(), b_rows.end())};
  for (int64_t k = 0; k < rank; ++k)
    for (int64_t n = 0; n < in; ++n)
      pair.a[static_cast<size_t>(k * in + n)] = static_cast<float>(a_columns[static_cast<size_t>(n * rank + k)]);
  return pair;
}

}  // namespace

std::vector<float> uniform_values(int64_t count, float bound, Random& random) {
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = (2.0f * random.next_float() - 1.0f) * bound;
  return values;
}

std::vector<float> normal_values(int64_t count, float deviation, Random& random) {
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = static_cast<float>(deviation * random.next_normal());
  return values;
}

InitialPair initial_pair(Initial initial, int64_t rank, int64_t in, int64_t out, Random& random) {
  if (initial == Initial::kOrthogonal) return orthogonal_pair(rank, in, out, random);
  const bool is_gaussian = initial == Initial::kGaussian;
  return {is_gaussian ? normal_values(rank * in, 1.0f / static_cast<float>(rank), random)
                      : uniform_values(rank * in, 1.0f / std::sqrt(static_cast<float>(in)), random),
          std::vector<float>(static_cast<size_t>(out * rank))};
}

}  // namespace adapter_lab
