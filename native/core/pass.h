// What every layer of one forward or backward pass shares.
#pragma once
#include <cstdint>

#include "core/arena.h"
#include "ops/ops.h"

namespace adapter_lab {

struct Pass {
  Ops& ops;
  Arena& saved;           // what the backward pass needs
  Arena& scratch;         // what lives inside one function
  bool training;          // dropout acts
  bool keep;              // a backward pass follows: activations are kept
  uint64_t dropout_seed;  // the masks depend on it and the module alone
};

}  // namespace adapter_lab
