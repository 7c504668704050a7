// One tensor of the base model, loaded from its file; trained itself if FT says so.
#pragma once
#include <memory>
#include <string>

#include "io/nf4_source.h"
#include "train/parameter.h"

namespace adapter_lab {

struct Weight {
  /** Loads the source into `memory`, which stays the caller's, as numbers of the given type:
   *  f32 or the source's own. */
  Weight(Ops& ops, std::string name, TensorSource source, void* memory, DType dtype);
  Weight(const Weight&) = delete;
  Weight& operator=(const Weight&) = delete;

  std::string name;
  TensorSource source;
  Nf4 quantized{};  // what the value of an nf4 weight points to
  Tensor value;
  std::unique_ptr<Parameter> trained;  // null: frozen
};

}  // namespace adapter_lab
