// How fast this machine computes, measured briefly: what a plan's time of a step is estimated from.
#pragma once
#include "ops/ops.h"

namespace adapter_lab {

struct Speed {
  /** Of f32 products of the sizes that training has; a multiplication and an addition are two operations. */
  double operations_per_second = 0;
  /** The same with weights of bf16, as most files have them. */
  double stored_operations_per_second = 0;
  /** Bytes that elementwise work over activations reads and writes. */
  double bytes_per_second = 0;
};

/** The best of what fits into `seconds`, after a first try that is not counted:
 *  others on the machine only slow it down. */
Speed measure_speed(Ops& ops, double seconds);

/** Operations a second of the fastest product of square matrices of what flows through a model, `size` rows each: on a
 *  GPU, what its tensor cores reach. Values are random, as zeros cost a GPU less power and so let it run faster. */
double measure_products(Ops& ops, int64_t size, double seconds);

}  // namespace adapter_lab
