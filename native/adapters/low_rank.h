// The trained low-rank update of one linear module, s diag(b) B diag(c) A, and the magnitude m of each output row where
// DoRA (arXiv 2402.09353) decomposes the updated weight. LoRA (arXiv 2106.09685) trains A and B; VeRA (arXiv
// 2310.11454) trains the vectors b and c of shared A and B, AdaLoRA (arXiv 2303.10512) A, B and c, the singular values.
// The updated weight is never formed: with B' = diag(b) B diag(c) its row norms come from |w|^2 + 2 s <b', W A^T> + s^2
// b' (A A^T) b'^T and are constants of the backward pass (eq. 11), unless told.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "adapters/importance.h"
#include "adapters/initial_values.h"
#include "adapters/projection.h"
#include "core/pass.h"
#include "train/parameter.h"

namespace adapter_lab {

enum class LowRankKind : uint8_t { kLora, kVera, kAdalora };

struct LowRankSpec {
  std::string name;  // of the base module
  LowRankKind kind;
  int64_t rank;  // 0: DoRA's magnitude alone is trained
  float scale;
  float dropout;
  bool magnitude;
  bool detach_norm;  // DoRA's norm is a constant of the backward pass
  Initial initial;   // of LoRA's pair
  bool principal;    // LoRA's pair begins as PiSSA's, and the weight becomes what that leaves
};

/** How a module begins: LoRA's pair as told, from `seed` and `stream`, PiSSA's as `principal` or, where that is null,
 *  found in the weight; AdaLoRA's normal of deviation 0.02, c zero; VeRA's c `initial_d`, b zero; DoRA's m the row
 *  norms of the base weight. */
struct LowRankStart {
  bool training;
  uint64_t seed;
  uint64_t stream;
  Projection* projection;  // VeRA's, null without
  float initial_d;
  const InitialPair* principal;
};

class LowRank {
 public:
  /** What the backward pass needs. */
  struct Saved {
    Tensor z;  // (N, rank): dropped x times A^T
    Tensor u;  // (N, out): the output before DoRA's gain, where the output does not tell it; empty otherwise
  };

  /** weight (out, in) is the module's. */
  LowRank(Ops& ops, const LowRankSpec& spec, Tensor weight, const LowRankStart& start);

  const LowRankSpec& spec() const { return spec_; }
  bool is_dora() const { return spec_.magnitude; }
  bool has_update() const { return spec_.rank > 0; }
  /** Whether backward reads x. */
  bool needs_input() const { return static_cast<bool>(a_); }
  /** What is trained, in the order of files. */
  std::vector<Parameter*> parameters() const;
  /** A trained pair; AdaLoRA's singular values (1, rank). */
  Parameter& a() { return *a_; }
  Parameter& b() { return *b_; }
  Parameter& singular_values() { return *inner_; }
  /** AdaLoRA's in training, of A, the singular values and B; empty otherwise. */
  std::vector<Importance>& importances() { return importances_; }
  /** DoRA only. */
  Parameter& magnitude() { return *m_; }
  /** m / |W + s B' A| by output row, (1, out). DoRA only. */
  Tensor gain() const { return gain_; }
  /** |W + s B' A| by output row, (1, out). DoRA only. */
  Tensor norm() const { return norm_; }

  /** Of W A^T, kept where nobody trains either and it is at most half as large as W. */
  size_t product_bytes() const { return product_memory_.size_bytes(); }

  /** DoRA: norm and gain are set from the parameters. */
  void update_gain(Pass& pass, Tensor weight);
  /** DoRA: whether outputs tell what they were before the gain, which whoever updates it has to say. */
  bool outputs_tell() const { return outputs_tell_; }
  void outputs_tell(bool whether) { outputs_tell_ = whether; }

  /** delta (count, in) is set to rows [first, first + count) of s B' A, less what the pair began with. */
  void update_rows(Arena& scratch, Tensor delta, int64_t first) const;
  /** Whether the pair began with a part of the weight (arXiv 2404.02948). */
  bool is_principal() const { return spec_.principal; }
  /** What A or B began with; empty for other names. */
  Tensor start_of(const std::string& parameter) const;
  /** w0 (count, in), f32, is set to these rows of the weight before the pair took its part of it. */
  void original_rows(Tensor w0, Tensor weight, int64_t first) const;
  /** y (N, out) is added to: s B' A d(x), d the dropout. */
  void forward(Pass& pass, Tensor y, Tensor x, Saved& saved) const;
  /** DoRA: y (N, out) is set to the gain of u + s B' A d(x), or added to; u (N, out), W x, becomes that sum where it is
   *  saved.u, and otherwise may be y. */
  void forward_dora(Pass& pass, Tensor y, Tensor u, Tensor x, bool accumulate, Saved& saved) const;
  /** Gradients of A, B, b and c; dx (N, in) is added to unless empty. du is the gradient of W x + s B' A d(x). */
  void backward(Pass& pass, Tensor dx, Tensor du, Tensor x, const Saved& saved);
  /** DoRA: du (N, out) is set to the gradient before the gain; the gradient of m and, unless the norm is detached,
   *  those of the others through it. dy is the gradient of the output y - before, read where saved has no u. */
  void backward_dora(Pass& pass, Tensor du, Tensor dy, Tensor y, Tensor before, Tensor weight, const Saved& saved);

 private:
  class Memory;
  void make_trained_pair(Memory& memory, Tensor weight, const LowRankStart& start);
  void make_triplets(Memory& memory, Tensor weight, const LowRankStart& start);
  void take_principal_part(Memory& memory, Tensor weight, const InitialPair* known);
  void make_vectors(Memory& memory, Tensor weight, const LowRankStart& start);
  void make_magnitude(Memory& memory, Tensor weight, bool training);
  Tensor by_inner(Arena& scratch, Tensor x) const;
  Tensor effective_b(Arena& scratch, int64_t first, int64_t count) const;
  Tensor inside(Pass& pass, Tensor x, Saved& saved) const;
  Tensor weight_product(Pass& pass, Tensor weight);
  Tensor gram(Pass& pass);
  Tensor backward_outer(Pass& pass, Tensor du, Tensor inside);
  void backward_input(Pass& pass, Tensor dx, Tensor dz, Tensor x);
  void backward_norm(Pass& pass, Tensor dmagnitude, Tensor weight);
  void backward_effective_b(Arena& scratch, Tensor db);
  bool drops(const Pass& pass) const { return pass.training && spec_.dropout > 0; }
  Dropout dropout(const Pass& pass) const { return {spec_.dropout, pass.dropout_seed, stream_}; }

  Ops& ops_;
  LowRankSpec spec_;
  uint64_t stream_;
  bool outputs_tell_ = true;
  Buffer memory_;
  Tensor a_value_;                    // (rank, in): the trained one or shared columns
  Tensor b_value_;                    // (out, rank): the trained one or shared rows
  Tensor a_start_;                    // (rank, in), PiSSA's alone
  Tensor b_start_;                    // (out, rank), PiSSA's alone
  std::unique_ptr<Parameter> a_;      // null: shared
  std::unique_ptr<Parameter> b_;      // null: shared
  std::unique_ptr<Parameter> inner_;  // c (1, rank), or null
  std::unique_ptr<Parameter> outer_;  // b (1, out), or null
  std::unique_ptr<Parameter> m_;      // (1, out), DoRA's
  std::vector<Importance> importances_;
  Projection* projection_ = nullptr;  // VeRA's
  Buffer product_memory_;
  Tensor product_;                    // (out, rank): W A^T, where it is kept
  uint64_t product_version_ = 0;      // of the projection that it was computed with
  Tensor squares_;                    // (1, out): |w|^2
  Tensor norm_;                       // (1, out)
  Tensor gain_;                       // (1, out)
};

}  // namespace adapter_lab
