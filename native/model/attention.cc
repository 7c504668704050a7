#include "model/attention.h"

namespace adapter_lab {
namespace {

/** Each place's row of x, in new scratch memory. */
Tensor at_places(Pass& pass, Tensor x, const Texts& texts) {
  const Tensor spread = pass.scratch.take(texts.places(), x.cols);
  pass.ops.embedding_forward(spread, x, texts.row_of.data());
  return spread;
}

}  // namespace

void attention_forward(Pass& pass, const Attended& rows, const Texts& texts, AttentionShape shape) {
  Ops& ops = pass.ops;
  if (!texts.share_rows())
    return ops.attention_forward(rows.y, rows.lse, rows.q, rows.k, rows.v, texts.sequences, shape);
  const ArenaScope scope(pass.scratch);
  const Tensor q = at_places(pass, rows.q, texts);
  const Tensor k = at_places(pass, rows.k, texts);
  const Tensor v = at_places(pass, rows.v, texts);
  const Tensor y = pass.scratch.take(texts.places(), rows.y.cols);
  ops.attention_forward(y, rows.lse, q, k, v, texts.sequences, shape);
  ops.embedding_forward(rows.y, y, texts.place_of.data());
}

void attention_backward(Pass& pass, Tensor dq, Tensor dk, Tensor dv, Tensor dy, const Attended& rows,
                        const Texts& texts, AttentionShape shape) {
  Ops& ops = pass.ops;
  if (!texts.share_rows())
    return ops.attention_backward(dq, dk, dv, dy, rows.q, rows.k, rows.v, rows.y, rows.lse, texts.sequences, shape);
  const ArenaScope scope(pass.scratch);
  const Tensor q = at_places(pass, rows.q, texts);
  const Tensor k = at_places(pass, rows.k, texts);
  const Tensor v = at_places(pass, rows.v, texts);
  const Tensor y = at_places(pass, rows.y, texts);
  // A row's output is read at its first place; what other places of it would pass back is zero.
  const Tensor dy_places = pass.scratch.take(texts.places(), dy.cols);
  ops.zero(dy_places);
  ops.embedding_backward(dy_places, dy, texts.place_of.data());
  const Tensor dq_places = pass.scratch.take(texts.places(), dq.cols);
  const Tensor dk_places = pass.scratch.take(texts.places(), dk.cols);
  const Tensor dv_places = pass.scratch.take(texts.places(), dv.cols);
  ops.attention_backward(dq_places, dk_places, dv_places, dy_places, q, k, v, y, rows.lse, texts.sequences, shape);
  ops.embedding_forward(dq, dq_places, texts.place_of.data());
  for (const auto& [sum, of_places] : {std::pair{dk, dk_places}, std::pair{dv, dv_places}}) {
    ops.zero(sum);
    ops.embedding_backward(sum, of_places, texts.row_of.data());
  }
}

}  // namespace adapter_lab
