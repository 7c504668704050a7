#include "model/weight.h"

#include <utility>

namespace adapter_lab {

Weight::Weight(Ops& ops, std::string name, TensorSource source, void* memory, DType dtype)
    : name(std::move(name)),
      source(std::move(source)),
      value(memory, this->source.rows(), this->source.cols(), dtype) {
  if (dtype == DType::nf4) {
    quantized = load_nf4(ops, memory, this->source, whole_range(this->source));
    value.data = &quantized;
  } else {
    load_rows(ops, value, this->source);
  }
}

}  // namespace adapter_lab
