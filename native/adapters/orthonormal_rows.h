// Rows made orthonormal by the factor of their Gram matrix, which is summed in double: most of the work is one product.
#pragma once
#include "core/double_rows.h"
#include "core/random.h"
#include "ops/ops.h"

namespace adapter_lab {

/** h (count, count) below and on the diagonal: x y^T, summed in double; x and y (count, length). */
DoubleRows row_products(Ops& ops, Tensor x, Tensor y);

/** x (count, length), count at most length, becomes orthonormal with the same span, to the rounding of f32; what lies
 *  in the span of rows before it is drawn anew. `spare` is as large as x, `small` (count, count); both are used. */
void orthonormalize(Ops& ops, Tensor x, Tensor spare, Tensor small, Random& random);

}  // namespace adapter_lab
