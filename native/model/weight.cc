#include "model/weight.h"

#include <utility>

namespace adapter_lab {

Weight::Weight(Ops& ops, std::string name, TensorSource source) : name(std::move(name)), source(std::move(source)) {
  const int64_t rows = this->source.rows();
  const int64_t cols = this->source.cols();
  memory = ops.allocate(static_cast<size_t>(rows * cols) * sizeof(float), this->name.c_str());
  value = Tensor(memory.data(), rows, cols);
  load_rows(ops, value, this->source);
}

}  // namespace adapter_lab
