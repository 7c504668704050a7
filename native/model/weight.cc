#include "model/weight.h"

#include <utility>

namespace adapter_lab {

Weight::Weight(Ops& ops, std::string name, TensorSource source, void* memory, DType dtype)
    : name(std::move(name)),
      source(std::move(source)),
      value(memory, this->source.rows(), this->source.cols(), dtype) {
  load_rows(ops, value, this->source);
}

}  // namespace adapter_lab
