#include "adapters/importance.h"

namespace adapter_lab {

Importance::Importance(Ops& ops, Parameter& parameter) : ops_(ops), parameter_(parameter) {
  const Tensor value = parameter.value();
  const int64_t padded = (value.count() + 15) / 16 * 16;
  memory_ = ops.allocate(static_cast<size_t>(2 * padded) * sizeof(float), parameter.name().c_str());
  auto* floats = static_cast<float*>(memory_.data());
  sensitivity_ = Tensor(floats, value.rows, value.cols);
  uncertainty_ = Tensor(floats + padded, value.rows, value.cols);
  ops.zero(sensitivity_);
  ops.zero(uncertainty_);
}

void Importance::measure(Smoothing smoothing) {
  ops_.importance(sensitivity_, uncertainty_, parameter_.value(), parameter_.last_gradient(), smoothing);
}

std::vector<double> Importance::means(bool of_columns) const {
  std::vector<double> means(static_cast<size_t>(of_columns ? sensitivity_.cols : sensitivity_.rows));
  ops_.importance_means(means.data(), sensitivity_, uncertainty_, of_columns);
  return means;
}

}  // namespace adapter_lab
