#include "ops/adamw_step.h"

#include <cmath>

namespace adapter_lab {

AdamWStep step_of(const AdamW& options, float factor) {
  const double beta1 = static_cast<double>(options.beta1);
  const double beta2 = static_cast<double>(options.beta2);
  const double rate = static_cast<double>(options.learning_rate * factor);
  const double step = static_cast<double>(options.step);
  return {
      .decay = static_cast<float>(1.0 - rate * static_cast<double>(options.weight_decay)),
      .one_minus_beta1 = static_cast<float>(1.0 - beta1),
      .beta2 = options.beta2,
      .one_minus_beta2 = static_cast<float>(1.0 - beta2),
      .bias2_root = static_cast<float>(std::sqrt(1.0 - std::pow(beta2, step))),
      .epsilon = options.epsilon,
      .step_size = static_cast<float>(rate / (1.0 - std::pow(beta1, step))),
      .gradient_scale = options.gradient_scale,
  };
}

}  // namespace adapter_lab
