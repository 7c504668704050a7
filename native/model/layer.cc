#include "model/layer.h"

#include "model/rows.h"

namespace adapter_lab {
namespace {

/** A tensor of the saved arena that is a copy of x. */
Tensor kept_copy(Pass& pass, Tensor x) {
  const Tensor copy = pass.saved.take(x.rows, x.cols);
  pass.ops.copy(copy, x);
  return copy;
}

/** The rows that are wanted, all when empty: x itself or new memory of the saved arena. */
Tensor rows_of(Pass& pass, Tensor x, std::span<const int32_t> wanted) {
  return wanted.empty() ? x : gathered(pass.ops, pass.saved, x, wanted);
}

/** Norms each head of `raw` (N, heads head_dim) into a new tensor of the saved arena. */
Tensor norm_heads(Pass& pass, const Norm& norm, Tensor raw, int64_t head_dim, Tensor& rstd) {
  const int64_t rows = raw.rows * (raw.cols / head_dim);
  const Tensor y = pass.saved.take(raw.rows, raw.cols);
  rstd = pass.saved.take_f32(rows, 1);
  norm.forward(pass, y.reshaped(rows, head_dim), rstd, raw.reshaped(rows, head_dim));
  return y;
}

/** The gradient before norm_heads, in new scratch memory. */
Tensor norm_heads_backward(Pass& pass, const Norm& norm, Tensor dy, Tensor raw, Tensor rstd) {
  const int64_t head_dim = raw.count() / rstd.rows;
  const Tensor dx = pass.scratch.take(raw.rows, raw.cols);
  pass.ops.zero(dx);
  norm.backward(pass, dx.reshaped(rstd.rows, head_dim), dy.reshaped(rstd.rows, head_dim),
                raw.reshaped(rstd.rows, head_dim), rstd);
  return dx;
}

}  // namespace

void Layer::project(Pass& pass, Tensor x, const Texts& texts, Saved& saved) const {
  saved.x = x;
  saved.rstd1 = pass.saved.take_f32(x.rows, 1);
  Tensor& q = saved.attention.q;
  Tensor& k = saved.attention.k;
  Tensor& v = saved.attention.v;
  q = pass.saved.take(x.rows, linears[kQ].out());
  k = pass.saved.take(x.rows, linears[kK].out());
  v = pass.saved.take(x.rows, linears[kV].out());
  {
    const ArenaScope scope(pass.scratch);
    const Tensor normed = pass.scratch.take(x.rows, x.cols);
    input_norm.forward(pass, normed, saved.rstd1, x);
    linears[kQ].forward(pass, q, normed, false, saved.modules[kQ]);
    linears[kK].forward(pass, k, normed, false, saved.modules[kK]);
    linears[kV].forward(pass, v, normed, false, saved.modules[kV]);
  }
  if (q_norm) {
    saved.q_raw = q;
    saved.k_raw = k;
    q = norm_heads(pass, q_norm, saved.q_raw, attention.head_dim, saved.q_rstd);
    k = norm_heads(pass, k_norm, saved.k_raw, attention.head_dim, saved.k_rstd);
  }
  rotate(pass, q, q, texts, false);
  rotate(pass, k, k, texts, false);
}

void Layer::mlp(Pass& pass, Tensor x, Saved& saved) const {
  saved.rstd2 = pass.saved.take_f32(x.rows, 1);
  saved.gate = pass.saved.take(x.rows, linears[kGate].out());
  saved.up = pass.saved.take(x.rows, linears[kUp].out());
  const ArenaScope scope(pass.scratch);
  {
    const ArenaScope inner(pass.scratch);
    const Tensor normed = pass.scratch.take(x.rows, x.cols);
    post_norm.forward(pass, normed, saved.rstd2, x);
    linears[kGate].forward(pass, saved.gate, normed, false, saved.modules[kGate]);
    linears[kUp].forward(pass, saved.up, normed, false, saved.modules[kUp]);
  }
  const Tensor act = pass.scratch.take(x.rows, saved.gate.cols);
  pass.ops.swiglu_forward(act, saved.gate, saved.up);
  linears[kDown].forward(pass, x, act, true, saved.modules[kDown]);
}

Tensor Layer::forward(Pass& pass, Tensor x, const Texts& texts, std::span<const int32_t> wanted, Saved& saved) const {
  project(pass, x, texts, saved);
  saved.attention.y = pass.saved.take(x.rows, saved.attention.q.cols);
  saved.attention.lse = pass.saved.take_f32(texts.places(), attention.heads);
  attention_forward(pass, saved.attention, texts, attention);
  return finish(pass, wanted, saved);
}

Tensor Layer::finish(Pass& pass, std::span<const int32_t> wanted, Saved& saved) const {
  saved.attended = rows_of(pass, saved.attention.y, wanted);
  saved.before = rows_of(pass, saved.x, wanted);
  saved.middle = pass.keep ? kept_copy(pass, saved.before) : saved.before;
  linears[kO].forward(pass, saved.middle, saved.attended, true, saved.modules[kO]);
  const Tensor y = pass.keep ? kept_copy(pass, saved.middle) : saved.middle;
  mlp(pass, y, saved);
  saved.output = y;
  return y;
}

void Layer::backward(Pass& pass, Tensor dx, Tensor dy, bool input_needed, const Texts& texts,
                     std::span<const int32_t> wanted, const Saved& saved) const {
  mlp_backward(pass, dy, saved);
  const ArenaScope scope(pass.scratch);
  const int64_t rows = dx.rows;
  Tensor dattended = pass.scratch.take(dy.rows, saved.attended.cols);
  {
    const ArenaScope inner(pass.scratch);
    linears[kO].backward(pass, dattended, false, dy, saved.attended, saved.modules[kO], saved.middle, saved.before);
  }
  if (!wanted.empty()) {
    pass.ops.embedding_backward(dx, dy, wanted.data());
    dattended = scattered(pass.ops, pass.scratch, dattended, wanted, rows);
  }
  const Tensor dq = pass.scratch.take(rows, saved.attention.q.cols);
  const Tensor dk = pass.scratch.take(rows, saved.attention.k.cols);
  const Tensor dv = pass.scratch.take(rows, saved.attention.v.cols);
  attention_backward(pass, dq, dk, dv, dattended, saved.attention, texts, attention);
  rotate(pass, dq, dq, texts, true);
  rotate(pass, dk, dk, texts, true);
  if (!q_norm) {
    projection_backward(pass, dx, input_needed, {dq, dk, dv}, texts, saved);
    return;
  }
  const Tensor dq_raw = norm_heads_backward(pass, q_norm, dq, saved.q_raw, saved.q_rstd);
  const Tensor dk_raw = norm_heads_backward(pass, k_norm, dk, saved.k_raw, saved.k_rstd);
  projection_backward(pass, dx, input_needed, {dq_raw, dk_raw, dv}, texts, saved);
}

void Layer::mlp_backward(Pass& pass, Tensor dx, const Saved& saved) const {
  const ArenaScope scope(pass.scratch);
  const Linear& down = linears[kDown];
  const Tensor dup = pass.scratch.take(dx.rows, down.in());
  const Tensor dgate = pass.scratch.take(dx.rows, down.in());
  // dgate's memory serves as the recomputed product until it is needed itself.
  if (down.needs_input()) pass.ops.swiglu_forward(dgate, saved.gate, saved.up);
  {
    const ArenaScope inner(pass.scratch);
    down.backward(pass, dup, false, dx, dgate, saved.modules[kDown], saved.output, saved.middle);
  }
  pass.ops.swiglu_backward(dgate, dup, dup, saved.gate, saved.up);
  const Tensor normed = pass.scratch.take(dx.rows, dx.cols);
  if (linears[kGate].needs_input() || linears[kUp].needs_input())
    post_norm.forward(pass, normed, saved.rstd2, saved.middle);
  const Tensor dnormed = pass.scratch.take(dx.rows, dx.cols);
  linears[kGate].backward(pass, dnormed, false, dgate, normed, saved.modules[kGate], saved.gate);
  linears[kUp].backward(pass, dnormed, true, dup, normed, saved.modules[kUp], saved.up);
  post_norm.backward(pass, dx, dnormed, saved.middle, saved.rstd2);
}

/** y is set to the heads of x turned by their positions, or back. */
void Layer::rotate(Pass& pass, Tensor y, Tensor x, const Texts& texts, bool back) const {
  pass.ops.rope(y, x, texts.rotary.cosine(), texts.rotary.sine(), texts.positions, attention.head_dim, back);
}

/** What a projection gave: before head norms or the rotation, which is turned back in new scratch memory. */
Tensor Layer::projected(Pass& pass, Module module, const Texts& texts, const Saved& saved) const {
  if (!linears[module].needs_output(saved.modules[module])) return {};
  if (module == kV) return saved.attention.v;
  if (q_norm) return module == kQ ? saved.q_raw : saved.k_raw;
  const Tensor rotated = module == kQ ? saved.attention.q : saved.attention.k;
  const Tensor y = pass.scratch.take(rotated.rows, rotated.cols);
  rotate(pass, y, rotated, texts, true);
  return y;
}

void Layer::projection_backward(Pass& pass, Tensor dx, bool input_needed, std::array<Tensor, 3> dqkv,
                                const Texts& texts, const Saved& saved) const {
  const Tensor normed = pass.scratch.take(dx.rows, dx.cols);
  bool wanted = false;
  for (const Module module : {kQ, kK, kV}) wanted = wanted || linears[module].needs_input();
  if (wanted) input_norm.forward(pass, normed, saved.rstd1, saved.x);
  const bool through = input_needed || input_norm.is_trained();
  const Tensor dnormed = through ? pass.scratch.take(dx.rows, dx.cols) : Tensor();
  for (const Module module : {kQ, kK, kV}) {
    const ArenaScope scope(pass.scratch);
    const Tensor y = projected(pass, module, texts, saved);
    linears[module].backward(pass, dnormed, module != kQ, dqkv[module], normed, saved.modules[module], y);
  }
  if (through) input_norm.backward(pass, dx, dnormed, saved.x, saved.rstd1);
}

bool Layer::is_trained() const {
  for (const Linear& linear : linears)
    if (linear.is_trained()) return true;
  return input_norm.is_trained() || post_norm.is_trained() || q_norm.is_trained() || k_norm.is_trained();
}

}  // namespace adapter_lab
