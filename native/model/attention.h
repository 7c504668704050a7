// Attention over the texts of a pass. Where texts share rows, queries, keys and values are laid out by places for it,
// and what the places of a row pass back is added up.
#pragma once
#include "core/pass.h"
#include "model/rotary.h"

namespace adapter_lab {

/** The packed texts of a pass (model/packing.h). */
struct Texts {
  Sequences sequences;       // of places
  const int32_t* positions;  // of each row in its text
  const Rotary& rotary;
  std::span<const int32_t> row_of = {}, place_of = {};  // empty: rows are places

  int64_t places() const { return sequences.starts.back(); }
  bool share_rows() const { return !row_of.empty(); }
};

/** What attention read and gave; all (N, ...) but lse. */
struct Attended {
  Tensor q, k, v, y;
  Tensor lse;  // (places, heads)
};

/** Sets y and lse. */
void attention_forward(Pass& pass, const Attended& rows, const Texts& texts, AttentionShape shape);
/** Sets dq, dk and dv. */
void attention_backward(Pass& pass, Tensor dq, Tensor dk, Tensor dv, Tensor dy, const Attended& rows,
                        const Texts& texts, AttentionShape shape);

}  // namespace adapter_lab
