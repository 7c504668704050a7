// A trained tensor with its gradient, its AdamW moments and, if asked for, its moving average.
#pragma once
#include <span>
#include <string>
#include <utility>

#include "ops/ops.h"

namespace adapter_lab {

/** What training keeps of each parameter beside value and gradient. */
struct StateForm {
  bool eight_bit_moments;
  bool average;
};

class Parameter {
 public:
  /** `value` stays owned by the caller. */
  Parameter(Ops& ops, std::string name, bool vector, Tensor value, bool training)
      : ops_(ops), name_(std::move(name)), is_vector_(vector), trains_(training), value_(value) {}
  /** Gradient, moments and average, in one allocation; nothing without training. Before the first gradient: moments
   *  become zero, the average the value. */
  void allocate_states(const StateForm& form);

  const std::string& name() const { return name_; }
  /** One-dimensional on disk. */
  bool is_vector() const { return is_vector_; }
  Tensor value() const { return value_; }
  bool has_states() const { return static_cast<bool>(states_); }
  size_t state_bytes() const { return states_.size_bytes(); }
  bool is_quantized() const { return quantized_.first.codes != nullptr; }
  /** Empty where they are quantised. */
  Tensor moment1() const { return moment1_; }
  Tensor moment2() const { return moment2_; }
  EightBitMoments quantized() const { return quantized_; }
  /** Blocks of a quantised moment. */
  int64_t blocks() const { return (value_.count() + kMomentBlock - 1) / kMomentBlock; }
  /** Empty without averages. */
  Tensor average() const { return average_; }

  /** The gradient, zeroed first if nothing was added since the last update. */
  Tensor gradient();
  /** Whoever calls it zeroes the gradient if it gives true: nothing was added since the last update. */
  bool begin_gradient() { return std::exchange(fresh_, false); }
  /** gradient += alpha op(a) op(b); the first product after an update overwrites. */
  void add_product(Tensor a, bool transpose_a, Tensor b, bool transpose_b, float alpha);
  /** What the last update took; the next product overwrites it. */
  Tensor last_gradient() const { return gradient_; }
  /** The next product overwrites it. */
  void forget_gradient() { fresh_ = true; }
  /** Value and average change places. */
  void exchange_average() { ops_.exchange(value_, average_); }

 private:
  Ops& ops_;
  std::string name_;
  bool is_vector_;
  bool trains_;
  bool fresh_ = true;
  Tensor value_;
  Buffer states_;
  Tensor gradient_;
  Tensor moment1_;
  Tensor moment2_;
  EightBitMoments quantized_{};
  Tensor average_;
};

/** Before the first pass of a step: gradients of vectors, to which every pass adds, are zeroed at once. */
void zero_vectors(Ops& ops, std::span<Parameter* const> parameters);
/** Over all gradients, for clipping. */
double gradient_squares(Ops& ops, std::span<Parameter* const> parameters);
/** One step of all, which forgets their gradients. `rates`: a factor of the learning rate for each; none: 1. */
void update(Ops& ops, std::span<Parameter* const> parameters, const AdamW& options, std::span<const float> rates);
/** Averages go on by one step: average <- decay average + (1 - decay) value; the first step begins them. */
void update_averages(Ops& ops, std::span<Parameter* const> parameters, float decay, int64_t step);

}  // namespace adapter_lab
