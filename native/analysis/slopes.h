// Magnitude and direction change of a weight (arXiv 2402.09353 eq. 3 and 4), rows as output features:
// deltaM = mean | |w'_n| - |w0_n| |, deltaD = mean (1 - cos(w'_n, w0_n)). Computed by blocks of rows in
// double; rows whose norm is zero have no direction and are left out of deltaD's mean.
#pragma once
#include "adapters/low_rank.h"
#include "io/tensor_source.h"
#include "model/transformer.h"

namespace adapter_lab {

struct Change {
  double delta_m = 0;
  double delta_d = 0;
};

/** Of base weight w0 (out, in) with the adapter merged in. */
Change adapter_change(Ops& ops, Arena& scratch, Tensor w0, LowRank& adapter);
/** Of a trained weight against its file. */
Change trained_change(Ops& ops, Arena& scratch, Tensor trained, const TensorSource& base);
/** Of one file's tensor against another's of the same shape. */
Change source_change(Ops& ops, Arena& scratch, const TensorSource& base, const TensorSource& other);

}  // namespace adapter_lab
