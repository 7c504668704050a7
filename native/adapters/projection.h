// VeRA's two matrices (arXiv 2310.11454), which all modules share and nobody trains: A (rank, most inputs) and
// B (most outputs, rank), drawn as PEFT draws them. A module uses the first columns of A and the first rows of B.
#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "ops/ops.h"

namespace adapter_lab {

struct ProjectionSpec {
  uint64_t seed;
  int64_t rank;
  int64_t in;
  int64_t out;
  DType dtype;  // values are rounded to it, as PEFT moves them through the base's type
};

struct ProjectionValues {
  std::vector<float> a;  // (rank, in)
  std::vector<float> b;  // (out, rank)
};

/** Kaiming-uniform numbers of one Mersenne twister, A before B:
 *  bit for bit those of PyTorch's generator on a processor. */
ProjectionValues draw_projection(const ProjectionSpec& spec);
/** The number of the type (f32, bf16 or f16) that is nearest to value, ties to even. */
float round_to(DType type, float value);

class Projection {
 public:
  Projection(Ops& ops, const ProjectionSpec& spec);

  Tensor a() const { return a_; }
  Tensor b() const { return b_; }
  /** A A^T (rank, rank) of the first `in` columns, computed once for all modules of that width. */
  Tensor gram(int64_t in);
  /** After a or b was written: what was computed of them is void. */
  void changed();
  /** Another one after each change; never 0. */
  uint64_t version() const { return version_; }
  size_t size_bytes() const;

 private:
  Ops& ops_;
  Buffer memory_;
  Tensor a_;
  Tensor b_;
  std::map<int64_t, Buffer> grams_;  // by width
  uint64_t version_ = 1;
};

}  // namespace adapter_lab
