#include "train/parameter.h"

#include <vector>

namespace adapter_lab {
namespace {

/** bitsandbytes' min_8bit_size: smaller tensors keep f32 moments. */
constexpr int64_t kFewestQuantized = 4096;

/** Each part starts on a 64-byte boundary. */
size_t padded(size_t size_bytes) { return (size_bytes + 63) / 64 * 64; }

}  // namespace

void Parameter::allocate_states(const StateForm& form) {
  if (!trains_) return;
  const auto values = static_cast<size_t>(value_.count());
  const bool is_small = value_.count() < kFewestQuantized;
  const bool quantized = form.eight_bit_moments && !is_small;
  const size_t floats = padded(values * sizeof(float));
  const size_t codes = padded(values);
  const size_t scales = padded(static_cast<size_t>(blocks()) * sizeof(float));
  const size_t moment = quantized ? codes + scales : floats;
  states_ = ops_.allocate(floats + 2 * moment + (form.average ? floats : 0), name_.c_str());
  gradient_ = Tensor(states_.data(), value_.rows, value_.cols);
  char* next = static_cast<char*>(states_.data()) + floats;
  if (quantized) {
    // As bitsandbytes begins: code 0 with a scale of 0 is a moment of 0.
    ops_.zero(Tensor(next, 1, static_cast<int64_t>(2 * moment / sizeof(float))));
    const auto part = [&](char* at) {
      return EightBitMoment{reinterpret_cast<uint8_t*>(at), reinterpret_cast<float*>(at + codes)};
    };
    quantized_ = {part(next), part(next + moment)};
  } else {
    moment1_ = Tensor(next, value_.rows, value_.cols);
    moment2_ = Tensor(next + moment, value_.rows, value_.cols);
    ops_.zero(moment1_);
    ops_.zero(moment2_);
  }
  if (!form.average) return;
  average_ = Tensor(next + 2 * moment, value_.rows, value_.cols);
  ops_.copy(average_, value_);
}

Tensor Parameter::gradient() {
  if (fresh_) ops_.zero(gradient_);
  fresh_ = false;
  return gradient_;
}

void zero_vectors(Ops& ops, std::span<Parameter* const> parameters) {
  std::vector<Tensor> gradients;
  for (Parameter* parameter : parameters)
    if (parameter->is_vector() && parameter->begin_gradient()) gradients.push_back(parameter->gradient());
  if (!gradients.empty()) ops.zero_all(gradients);
}

void Parameter::add_product(Tensor a, bool transpose_a, Tensor b, bool transpose_b, float alpha) {
  ops_.gemm(gradient_, a, transpose_a, b, transpose_b, alpha, fresh_ ? 0.0f : 1.0f);
  fresh_ = false;
}

double gradient_squares(Ops& ops, std::span<Parameter* const> parameters) {
  std::vector<Tensor> gradients;
  for (Parameter* parameter : parameters) gradients.push_back(parameter->gradient());
  return ops.sum_of_squares(gradients);
}

void update(Ops& ops, std::span<Parameter* const> parameters, const AdamW& options, std::span<const float> rates) {
  std::vector<AdamWTensor> plain;
  std::vector<EightBitAdamWTensor> quantized;
  for (size_t i = 0; i < parameters.size(); ++i) {
    Parameter& one = *parameters[i];
    const float rate = rates.empty() ? 1.0f : rates[i];
    if (one.is_quantized())
      quantized.push_back({one.value(), one.quantized(), one.gradient(), rate});
    else
      plain.push_back({one.value(), one.moment1(), one.moment2(), one.gradient(), rate});
    one.forget_gradient();
  }
  if (!plain.empty()) ops.adamw(plain, options);
  if (!quantized.empty()) ops.adamw_8bit(quantized, options);
}

void update_averages(Ops& ops, std::span<Parameter* const> parameters, float decay, int64_t step) {
  std::vector<Average> averages;
  for (const Parameter* parameter : parameters) averages.push_back({parameter->average(), parameter->value()});
  if (step > 1) return ops.add_to_averages(averages, decay);
  for (const auto& [average, value] : averages) ops.copy(average, value);
}

}  // namespace adapter_lab
