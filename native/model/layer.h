// One decoder layer: x + attention(norm(x)), then + swiglu MLP(norm(.)). Forward and backward.
#pragma once
#include <array>

#include "core/pass.h"
#include "model/attention.h"
#include "model/linear.h"
#include "model/norm.h"

namespace adapter_lab {

enum Module { kQ, kK, kV, kO, kGate, kUp, kDown, kModules };

struct Layer {
  /** Everything the backward pass reads; N rows, of which M go on after attention: all but in the last layer. */
  struct Saved {
    Tensor x;               // (N, hidden), the layer's input
    Tensor rstd1, rstd2;    // (N, 1), (M, 1)
    Tensor q_raw, k_raw;    // before q_norm, k_norm (Qwen3)
    Tensor q_rstd, k_rstd;  // (N heads, 1)
    Attended attention;     // (N, ...), q, k and v as attention sees them
    Tensor before;          // (M, hidden), x of those that go on
    Tensor attended;        // (M, heads head_dim), attention's output of them
    Tensor middle;          // (M, hidden), after the attention's residual
    Tensor gate, up;        // (M, intermediate)
    Tensor output;          // (M, hidden), after the MLP's residual
    std::array<LowRank::Saved, kModules> modules;
  };

  Norm input_norm, post_norm;
  Norm q_norm, k_norm;  // empty but for Qwen3
  std::array<Linear, kModules> linears;
  AttentionShape attention;

  /** What comes before attention: sets x and q, k, v of `saved` (normed, rotated). */
  void project(Pass& pass, Tensor x, const Texts& texts, Saved& saved) const;
  /** What comes after it, of x and attention's y of `saved`: the layer's output as forward gives it. */
  Tensor finish(Pass& pass, std::span<const int32_t> wanted, Saved& saved) const;

  /** The layer's output (M, hidden) of the rows that are wanted, of all when that is empty: in new memory of the saved
   *  arena with pass.keep or where some are wanted, otherwise in place of x. */
  Tensor forward(Pass& pass, Tensor x, const Texts& texts, std::span<const int32_t> wanted, Saved& saved) const;
  /** dy (M, hidden): the gradient of the output, which changes. dx (N, hidden) becomes the gradient of the input: it is
   *  dy where all rows are wanted, and zero otherwise. */
  void backward(Pass& pass, Tensor dx, Tensor dy, bool input_needed, const Texts& texts,
                std::span<const int32_t> wanted, const Saved& saved) const;

  bool is_trained() const;

 private:
  /** x is added to: the MLP of its norm. */
  void mlp(Pass& pass, Tensor x, Saved& saved) const;
  void mlp_backward(Pass& pass, Tensor dx, const Saved& saved) const;
  void projection_backward(Pass& pass, Tensor dx, bool input_needed, std::array<Tensor, 3> dqkv, const Texts& texts,
                           const Saved& saved) const;
  void rotate(Pass& pass, Tensor y, Tensor x, const Texts& texts, bool back) const;
  Tensor projected(Pass& pass, Module module, const Texts& texts, const Saved& saved) const;
};

}  // namespace adapter_lab
