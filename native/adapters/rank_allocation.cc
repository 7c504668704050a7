#include "adapters/rank_allocation.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace adapter_lab {

double RankAllocation::add_orthogonality(Arena& scratch, float weight) {
  const auto matrices = 2.0f * static_cast<float>(modules_.size());
  double sum = 0.0;
  for (LowRank* module : modules_) {
    sum += add_orthogonality(scratch, module->a(), true, weight / matrices);
    sum += add_orthogonality(scratch, module->b(), false, weight / matrices);
  }
  return modules_.empty() ? 0.0 : sum / static_cast<double>(matrices);
}

/** Of weight |G - I|, G = P P^T for rows or P^T P for columns: (2 weight / |G - I|) (G - I) P, or P (G - I).
 *  Returns |G - I|. */
double RankAllocation::add_orthogonality(Arena& scratch, Parameter& parameter, bool of_rows, float weight) {
  const ArenaScope scope(scratch);
  const Tensor p = parameter.value();
  const int64_t rank = of_rows ? p.rows : p.cols;
  const Tensor gram = scratch.take_f32(rank, rank);
  std::vector<float> minus_identity(static_cast<size_t>(rank * rank));
  for (int64_t i = 0; i < rank; ++i) minus_identity[static_cast<size_t>(i * rank + i)] = -1.0f;
  ops_.upload(gram, minus_identity.data(), DType::f32);
  ops_.gemm(gram, p, !of_rows, p, of_rows, 1.0f, 1.0f);
  const double norm = std::sqrt(ops_.sum_of_squares({&gram, 1}));
  if (norm == 0.0) return norm;
  const auto factor = static_cast<float>(2.0 * static_cast<double>(weight) / norm);
  if (of_rows)
    parameter.add_product(gram, false, p, false, factor);
  else
    parameter.add_product(p, false, gram, false, factor);
  return norm;
}

const Importance* RankAllocation::find(const std::string& parameter) const {
  for (LowRank* module : modules_)
    for (const Importance& importance : module->importances())
      if (importance.parameter().name() == parameter) return &importance;
  return nullptr;
}

size_t RankAllocation::size_bytes() const {
  size_t bytes = 0;
  for (LowRank* module : modules_)
    for (const Importance& importance : module->importances()) bytes += importance.size_bytes();
  return bytes;
}

void RankAllocation::measure(Smoothing smoothing) {
  for (LowRank* module : modules_)
    for (Importance& importance : module->importances()) importance.measure(smoothing);
}

/** S = s(E_i) + mean s(A's row i) + mean s(B's column i) (eq. 7). */
std::vector<float> RankAllocation::scores() const {
  std::vector<float> all;
  for (LowRank* module : modules_) {
    const std::vector<Importance>& parts = module->importances();
    const std::vector<double> a = parts[0].means(false);
    const std::vector<double> e = parts[1].means(true);
    const std::vector<double> b = parts[2].means(true);
    for (size_t i = 0; i < e.size(); ++i) all.push_back(static_cast<float>(e[i] + (a[i] + b[i])));
  }
  return all;
}

std::vector<uint8_t> RankAllocation::prune(int64_t count) {
  const std::vector<float> all = scores();
  std::vector<uint8_t> flags(all.size(), 1);
  const bool is_measured = std::any_of(all.begin(), all.end(), [](float score) { return score > 0.0f; });
  if (count <= 0 || !is_measured) return flags;
  std::vector<float> sorted = all;
  const auto last = sorted.begin() + std::min<int64_t>(count, static_cast<int64_t>(sorted.size())) - 1;
  std::nth_element(sorted.begin(), last, sorted.end());
  for (size_t i = 0; i < all.size(); ++i) flags[i] = all[i] > *last;
  keep(flags);
  return flags;
}

void RankAllocation::keep(std::span<const uint8_t> flags) {
  size_t next = 0;
  for (LowRank* module : modules_) {
    const Tensor e = module->singular_values().value();
    if (next + static_cast<size_t>(e.count()) > flags.size())
      throw Error("internal", module->spec().name, "too few flags");
    std::vector<float> host(static_cast<size_t>(e.count()));
    ops_.download(host.data(), e);
    for (float& value : host) value = flags[next++] ? value : 0.0f;
    ops_.upload(e, host.data(), DType::f32);
  }
}

}  // namespace adapter_lab
