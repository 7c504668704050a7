#include "model/attention.h"

#include "model/rows.h"

namespace adapter_lab {

void attention_forward(Pass& pass, const Attended& rows, const Texts& texts, AttentionShape shape) {
  Ops& ops = pass.ops;
  if (!texts.share_rows())
    return ops.attention_forward(rows.y, rows.lse, rows.q, rows.k, rows.v, texts.sequences, shape);
  const ArenaScope scope(pass.scratch);
  const Tensor q = gathered(ops, pass.scratch, rows.q, texts.row_of);
  const Tensor k = gathered(ops, pass.scratch, rows.k, texts.row_of);
  const Tensor v = gathered(ops, pass.scratch, rows.v, texts.row_of);
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
  const Tensor q = gathered(ops, pass.scratch, rows.q, texts.row_of);
  const Tensor k = gathered(ops, pass.scratch, rows.k, texts.row_of);
  const Tensor v = gathered(ops, pass.scratch, rows.v, texts.row_of);
  const Tensor y = gathered(ops, pass.scratch, rows.y, texts.row_of);
  // A row's output is read at its first place; what other places of it would pass back is zero.
  const Tensor dy_places = scattered(ops, pass.scratch, dy, texts.place_of, texts.places());
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
