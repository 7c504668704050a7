// One decoder layer: x + attention(norm(x)), then + swiglu MLP(norm(.)). Forward and backward.
#pragma once
#include <array>

#include "core/pass.h"
#include "model/linear.h"
#include "model/norm.h"
#include "model/rotary.h"

namespace adapter_lab {

/** The packed texts of a pass. */
struct Texts {
  Sequences sequences;
  const int32_t* positions;  // of each row in its text
  const Rotary& rotary;
};

enum Module { kQ, kK, kV, kO, kGate, kUp, kDown, kModules };

struct Layer {
  /** Everything the backward pass reads; N rows. */
  struct Saved {
    Tensor x;               // (N, hidden), the layer's input
    Tensor rstd1, rstd2;    // (N, 1)
    Tensor q_raw, k_raw;    // before q_norm, k_norm (Qwen3)
    Tensor q_rstd, k_rstd;  // (N heads, 1)
    Tensor q, k, v;         // as attention sees them
    Tensor attention, lse;  // (N, heads head_dim), (N, heads)
    Tensor middle;          // (N, hidden), after the attention's residual
    Tensor gate, up;        // (N, intermediate)
    Tensor output;          // (N, hidden), after the MLP's residual
    std::array<LowRank::Saved, kModules> modules;
  };

  Norm input_norm, post_norm;
  Norm q_norm, k_norm;  // empty but for Qwen3
  std::array<Linear, kModules> linears;
  AttentionShape attention;

  /** Sets q, k, v of `saved` (normed, rotated). */
  void project(Pass& pass, Tensor x, const Texts& texts, Saved& saved) const;
  /** x (N, hidden) is added to: o_proj of attention's output. */
  void finish_attention(Pass& pass, Tensor x, Tensor attended, Saved& saved) const;
  /** x is added to: the MLP of its norm. */
  void mlp(Pass& pass, Tensor x, Saved& saved) const;

  /** The layer's output; with pass.keep in new memory, otherwise in place of x. */
  Tensor forward(Pass& pass, Tensor x, const Texts& texts, Saved& saved) const;
  /** dx (N, hidden): the gradient of the output becomes the gradient of the input. */
  void backward(Pass& pass, Tensor dx, bool input_needed, const Texts& texts, const Saved& saved) const;

  bool is_trained() const;

 private:
  void mlp_backward(Pass& pass, Tensor dx, const Saved& saved) const;
  void projection_backward(Pass& pass, Tensor dx, bool input_needed, std::array<Tensor, 3> dqkv, const Texts& texts,
                           const Saved& saved) const;
  void rotate(Pass& pass, Tensor y, Tensor x, const Texts& texts, bool back) const;
  Tensor projected(Pass& pass, Module module, const Texts& texts, const Saved& saved) const;
};

}  // namespace adapter_lab
