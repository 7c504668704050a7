// LoRA (arXiv 2106.09685) and DoRA (arXiv 2402.09353): the trained low-rank update s B A of one linear
// module and, for DoRA, the magnitude m of each output row. W + s B A is never formed: DoRA's row norms
// come from |w|^2 + 2 s <b, W A^T> + s^2 b (A A^T) b^T and are constants of the backward pass (eq. 11), unless told.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "core/pass.h"
#include "train/parameter.h"

namespace adapter_lab {

struct LowRankSpec {
  std::string name;  // of the base module
  int64_t rank;
  float scale;
  float dropout;
  bool magnitude;
  bool detach_norm;  // DoRA's norm is a constant of the backward pass
};

class LowRank {
 public:
  /** What the backward pass needs. */
  struct Saved {
    Tensor z;  // (N, rank): dropped x times A^T
    Tensor u;  // (N, out): W x + s B z before DoRA's gain, where the output does not tell it; empty otherwise
  };

  /** A uniform in +-1/sqrt(in) from `seed` and `stream`, B zero, m the row norms of weight (out, in). */
  LowRank(Ops& ops, const LowRankSpec& spec, Tensor weight, bool training, uint64_t seed, uint64_t stream);

  const LowRankSpec& spec() const { return spec_; }
  bool is_dora() const { return spec_.magnitude; }
  Parameter& a() { return *a_; }
  Parameter& b() { return *b_; }
  /** DoRA only. */
  Parameter& magnitude() { return *m_; }
  /** m / |W + s B A| by output row, (1, out). DoRA only. */
  Tensor gain() const { return gain_; }
  /** |W + s B A| by output row, (1, out). DoRA only. */
  Tensor norm() const { return norm_; }

  /** Whether outputs tell what they were before DoRA's gain: none is so small that rounding would show. */
  bool outputs_tell() const { return outputs_tell_; }

  /** After A, B or m changed: DoRA's norms are computed again before the next forward. */
  void invalidate() { stale_ = true; }
  void refresh(Pass& pass, Tensor weight);

  /** y (N, out) is added to: s B A d(x), d the dropout. */
  void forward(Pass& pass, Tensor y, Tensor x, Saved& saved) const;
  /** Gradients of A and B; dx (N, in) is added to unless empty. du is the gradient of W x + s B A d(x). */
  void backward(Pass& pass, Tensor dx, Tensor du, Tensor x, const Saved& saved);
  /** DoRA: the gradient of m and, unless the norm is detached, of A and B through it. dy is the gradient of the output y,
   *  which is read where saved has no u. */
  void backward_magnitude(Pass& pass, Tensor dy, Tensor y, Tensor weight, const Saved& saved);

 private:
  void multiply_weight(Pass& pass, Tensor wa, Tensor weight) const;
  void backward_norm(Pass& pass, Tensor dmagnitude, Tensor weight);
  bool drops(const Pass& pass) const { return pass.training && spec_.dropout > 0; }
  Dropout dropout(const Pass& pass) const { return {spec_.dropout, pass.dropout_seed, stream_}; }

  Ops& ops_;
  LowRankSpec spec_;
  uint64_t stream_;
  bool stale_ = true;
  bool outputs_tell_ = true;
  Buffer memory_;
  std::unique_ptr<Parameter> a_;  // (rank, in)
  std::unique_ptr<Parameter> b_;  // (out, rank)
  std::unique_ptr<Parameter> m_;  // (1, out)
  Tensor squares_;                // (1, out): |w|^2
  Tensor norm_;                   // (1, out)
  Tensor gain_;                   // (1, out)
};

}  // namespace adapter_lab
