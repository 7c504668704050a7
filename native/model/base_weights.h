// Weights of a base model, in memory as one allocation. Engines that only read them share it,
// whatever adapters they have.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/weight.h"

namespace adapter_lab {

struct PlacedSource {
  std::string name;
  TensorSource source;
  DType dtype;  // in memory
};

struct BaseWeights {
  /** Loads them. Throws as load_rows does, and Error("out-of-memory"). */
  BaseWeights(Ops& ops, const std::vector<PlacedSource>& sources);
  BaseWeights(const BaseWeights&) = delete;
  BaseWeights& operator=(const BaseWeights&) = delete;

  Weight* find(const std::string& name);

  Buffer memory;
  std::map<std::string, Weight> weights;
};

/** The weights that an engine of this process has loaded from the same places of unchanged files, or else fresh ones.
 *  Nobody may write to them. */
std::shared_ptr<BaseWeights> share_weights(Ops& ops, const std::vector<PlacedSource>& sources);

}  // namespace adapter_lab
