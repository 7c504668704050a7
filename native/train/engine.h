// One loaded model and what can be done with it: the C++ side of extension/trainer/addon.ts's Engine.
// Not thread-safe; the binding runs its calls one after another.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapters/rank_allocation.h"
#include "generate/log_likelihood.h"
#include "generate/request.h"
#include "model/transformer.h"
#include "ops/profiled_ops.h"

namespace adapter_lab {

struct EngineSpec {
  TransformerSpec model;
  StateForm states;
  int threads;           // of the CPU backend
  size_t reserve_bytes;  // of the backend's memory, for all of the engine; 0: it is taken as it is needed
};

struct UpdateOptions {
  float learning_rate;
  float beta1;
  float beta2;
  float epsilon;
  float weight_decay;
  float clip_norm;  // 0: none
  int64_t step;     // 1 for the first
  float average_decay;       // 0: no averages
  std::vector<float> rates;  // a factor of the learning rate for each parameter; none: 1
};

enum class State {
  kValue,
  kGradient,
  kMoment1,
  kMoment2,
  kAverage,
  kScales1,
  kScales2,
  kStart,
  kSensitivity,
  kUncertainty
};

/** A state and the range of a file that it fills as it lies: floats, or the codes of a moment in 8 bits. */
struct SavedState {
  State state;
  std::string name;
  int64_t offset_bytes;
  int64_t size_bytes;
};

struct ModuleChange {
  std::string name;
  double delta_m;
  double delta_d;
};

struct MemoryUse {
  size_t weights;
  size_t adapters;
  size_t optimizer;
  size_t activations;
};

struct Updated {
  double norm;                      // of the gradient before clipping
  std::optional<DeviceUse> memory;  // since the update before; of stacks what was taken of them
};

class Engine {
 public:
  Engine(std::unique_ptr<Ops> ops, const EngineSpec& spec);

  Transformer& model() { return model_; }
  MemoryUse memory() const;
  /** read and save may run beside accumulate and loss (of states other than gradients),
   *  not beside what changes states. */
  bool bears_readers() { return ops_.memory_room().is_host; }
  /** A parameter's state, or the value of any base tensor and of VeRA's shared `vera_A` and `vera_B`. */
  std::vector<float> read(State state, const std::string& name);
  /** Into a file that is there. Throws Error("not-finite", name of the tensor), Error("tensor-shape") when a size
   *  differs, and what FileWriter throws. */
  void save(const std::string& file, std::span<const SavedState> states);
  /** Throws Error("tensor-shape") when the size differs. A moment in 8 bits is quantised;
   *  a value is its average too. */
  void write(State state, const std::string& name, std::vector<float> data);
  /** Codes of a moment in 8 bits. */
  void write_codes(State state, const std::string& name, const std::vector<uint8_t>& codes);
  /** Values and averages of all parameters change places. */
  void exchange_averages();
  LossSum accumulate(const PackedBatch& batch, float scale, uint64_t dropout_seed);
  LossSum loss(const PackedBatch& batch) { return model_.loss(batch); }
  /** Clips, steps AdamW, forgets the gradients; when it returns all is done. */
  Updated update(const UpdateOptions& options);
  /** AdaLoRA's allocation of ranks, with what adapters/rank_allocation.h says of each. */
  double add_orthogonality(float weight);
  /** After update, before accumulate: of the step's gradients as they were clipped. */
  void measure_importance(float sensitivity_beta, float uncertainty_beta);
  std::vector<uint8_t> prune(int64_t count) { return allocation_.prune(count); }
  void keep_triplets(const std::vector<uint8_t>& flags) { allocation_.keep(flags); }
  std::vector<float> logits(const std::vector<int32_t>& tokens);
  std::vector<GeneratedText> generate(const GenerateRequest& request, const GenerationListener& listener);
  std::vector<std::vector<LogLikelihood>> log_likelihoods(const LogLikelihoodRequest& request);
  /** Of every adapted or trained linear module, in model order. */
  std::vector<ModuleChange> slopes();
  /** Operations are recorded from here on. */
  void start_profile() { ops_.start(); }
  Profile stop_profile() { return ops_.stop(); }

 private:
  /** In the backend's memory. */
  struct StateBytes {
    const char* data;
    size_t size;
    bool are_floats;
  };

  Tensor state(State state, const std::string& name);
  /** As the state lies. */
  StateBytes state_bytes(State state, const std::string& name);
  std::optional<DeviceUse> take_device_use();
  /** The parameter if `state` is a moment of it in 8 bits. */
  const Parameter* find_quantized(State state, const std::string& name) const;

  ProfiledOps ops_;
  Transformer model_;
  RankAllocation allocation_;
  float gradient_scale_ = 1.0f;  // of the last update
};

}  // namespace adapter_lab
