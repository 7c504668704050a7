// AdaLoRA's allocation of ranks (arXiv 2303.10512) over all its modules: the term that keeps P and Q orthogonal, the
// importance of each triplet (column of P, singular value, row of Q), and masks of the least important ones.
// Schedules are TypeScript's.
#pragma once
#include <span>
#include <vector>

#include "adapters/low_rank.h"

namespace adapter_lab {

class RankAllocation {
 public:
  /** `modules`: AdaLoRA's, in model order; flags and scores of triplets stand in this order. */
  RankAllocation(Ops& ops, std::vector<LowRank*> modules) : ops_(ops), modules_(std::move(modules)) {}

  /** The gradient of weight R is added, R the mean over all A and B of |A A^T - I| and |B^T B - I| (Frobenius, not
   *  squared, as PEFT has eq. 4). Returns R. */
  double add_orthogonality(Arena& scratch, float weight);
  /** Of a parameter; null for others. */
  const Importance* find(const std::string& parameter) const;
  size_t size_bytes() const;
  void measure(Smoothing smoothing);
  /** Sets the singular values of the `count` least important triplets to zero, and of all others that are no more
   *  important than the last of them (eq. 6). Returns what is kept, 1 or 0 for each triplet.
   *  Nothing goes before anything was measured. */
  std::vector<uint8_t> prune(int64_t count);
  /** Singular values whose flag is 0 become zero. */
  void keep(std::span<const uint8_t> flags);

 private:
  double add_orthogonality(Arena& scratch, Parameter& parameter, bool of_rows, float weight);
  std::vector<float> scores() const;

  Ops& ops_;
  std::vector<LowRank*> modules_;
};

}  // namespace adapter_lab
