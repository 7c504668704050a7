#include "train/engine.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "analysis/slopes.h"
#include "core/error.h"
#include "generate/generator.h"
#include "io/file_writer.h"

namespace adapter_lab {

namespace {

std::vector<LowRank*> allocated(const Transformer& model) {
  std::vector<LowRank*> modules;
  for (const auto& [name, linear] : model.linears())
    if (linear->adapter() && !linear->adapter()->importances().empty()) modules.push_back(linear->adapter());
  return modules;
}

/** One of a parameter's moments in 8 bits. */
EightBitMoment moment_of(const Parameter& parameter, State which) {
  const EightBitMoments moments = parameter.quantized();
  return which == State::kMoment1 ? moments.first : moments.second;
}

/** As many as a processor's cache keeps between the look at them and the writer's copy. */
constexpr size_t kSavedBlockBytes = size_t{256} << 10;

/** Of `size_bytes` of floats: infinity and NaN have all bits of the exponent. */
bool are_finite(const char* floats, size_t size_bytes) {
  constexpr uint32_t kExponent = 0x7f800000;
  uint32_t found = 0;
  for (size_t i = 0; i < size_bytes; i += sizeof(uint32_t)) {
    uint32_t bits;
    std::memcpy(&bits, floats + i, sizeof(bits));
    found |= (bits & kExponent) == kExponent ? 1u : 0u;
  }
  return found == 0;
}

/** Before the model takes its memory. */
std::unique_ptr<Ops> with_reserve(std::unique_ptr<Ops> ops, size_t size_bytes) {
  if (size_bytes > 0) ops->reserve(size_bytes, "the whole run, as planned");
  return ops;
}

}  // namespace

Engine::Engine(std::unique_ptr<Ops> ops, const EngineSpec& spec)
    : ops_(with_reserve(std::move(ops), spec.reserve_bytes)),
      model_(ops_, spec.model),
      allocation_(ops_, allocated(model_)) {
  for (Parameter* parameter : model_.parameters()) parameter->allocate_states(spec.states);
}

MemoryUse Engine::memory() const {
  MemoryUse use{model_.weight_bytes(), 0, 0, model_.activation_bytes()};
  for (const Parameter* parameter : model_.parameters()) {
    const auto bytes = static_cast<size_t>(parameter->value().count()) * sizeof(float);
    if (!model_.holds_weight(parameter->name())) use.adapters += bytes;
    use.optimizer += parameter->state_bytes();
  }
  use.optimizer += allocation_.size_bytes();
  if (model_.projection()) use.adapters += model_.projection()->size_bytes();
  for (const auto& [name, linear] : model_.linears())
    if (linear->adapter()) use.adapters += linear->adapter()->product_bytes();
  return use;
}

Tensor Engine::state(State state, const std::string& name) {
  Parameter* parameter = model_.find_parameter(name);
  const Projection* projection = model_.projection();
  if (projection && name == "vera_A" && state == State::kValue) return projection->a();
  if (projection && name == "vera_B" && state == State::kValue) return projection->b();
  if (state == State::kValue) return parameter ? parameter->value() : model_.weight(name).value;
  if (state == State::kStart) {
    for (const auto& [module, linear] : model_.linears()) {
      const Tensor start = linear->adapter() ? linear->adapter()->start_of(name) : Tensor();
      if (!start.empty()) return start;
    }
  }
  if (!parameter || !parameter->has_states()) throw Error("unknown-tensor", name);
  if (state == State::kGradient) return parameter->gradient();
  if (state == State::kSensitivity || state == State::kUncertainty) {
    const Importance* importance = allocation_.find(name);
    if (!importance) throw Error("unknown-tensor", name);
    return state == State::kSensitivity ? importance->sensitivity() : importance->uncertainty();
  }
  Tensor found;
  if (state == State::kMoment1 || state == State::kMoment2) {
    found = state == State::kMoment1 ? parameter->moment1() : parameter->moment2();
  } else if (state == State::kAverage) {
    found = parameter->average();
  } else if (parameter->is_quantized()) {
    const EightBitMoments moments = parameter->quantized();
    found = Tensor(state == State::kScales1 ? moments.first.scales : moments.second.scales, 1, parameter->blocks());
  }
  if (found.empty()) throw Error("unknown-tensor", name);
  return found;
}

const Parameter* Engine::find_quantized(State state, const std::string& name) const {
  if (state != State::kMoment1 && state != State::kMoment2) return nullptr;
  const Parameter* parameter = model_.find_parameter(name);
  return parameter && parameter->is_quantized() ? parameter : nullptr;
}

std::vector<float> Engine::read(State which, const std::string& name) {
  Ops& ops = ops_.unrecorded();
  if (const Parameter* parameter = find_quantized(which, name)) {
    const int64_t count = parameter->value().count();
    std::vector<float> host(static_cast<size_t>(count));
    const Buffer memory = ops.allocate(host.size() * sizeof(float), name.c_str());
    const Tensor wide(memory.data(), 1, count);
    ops.dequantize_moment(wide, moment_of(*parameter, which), which == State::kMoment1);
    ops.download(host.data(), wide);
    return host;
  }
  const Tensor tensor = state(which, name);
  std::vector<float> host(static_cast<size_t>(tensor.count()));
  ops.download(host.data(), tensor);
  return host;
}

void Engine::save(const std::string& file, std::span<const SavedState> states) {
  FileWriter writer(file);
  const bool is_in_reach = bears_readers();
  std::vector<char> copied;
  for (const SavedState& saved : states) {
    const StateBytes bytes = state_bytes(saved.state, saved.name);
    if (static_cast<int64_t>(bytes.size) != saved.size_bytes) throw Error("tensor-shape", saved.name);
    for (size_t first = 0; first < bytes.size; first += kSavedBlockBytes) {
      const size_t size = std::min(kSavedBlockBytes, bytes.size - first);
      const char* block = bytes.data + first;
      if (!is_in_reach) {
        copied.resize(size);
        ops_.unrecorded().download_bytes(copied.data(), block, size);
        block = copied.data();
      }
      if (bytes.are_floats && !are_finite(block, size)) throw Error("not-finite", saved.name);
      writer.write(saved.offset_bytes + static_cast<int64_t>(first), block, size);
    }
  }
  writer.flush();
}

Engine::StateBytes Engine::state_bytes(State which, const std::string& name) {
  if (const Parameter* parameter = find_quantized(which, name))
    return {reinterpret_cast<const char*>(moment_of(*parameter, which).codes),
            static_cast<size_t>(parameter->value().count()), false};
  const Tensor tensor = state(which, name);
  if (tensor.dtype != DType::f32 || !tensor.contiguous())
    throw Error("internal", name, "a state that is not saved as it lies");
  return {static_cast<const char*>(tensor.data), static_cast<size_t>(tensor.count()) * sizeof(float), true};
}

void Engine::write(State which, const std::string& name, std::vector<float> data) {
  if (const Parameter* parameter = find_quantized(which, name)) {
    if (static_cast<int64_t>(data.size()) != parameter->value().count()) throw Error("tensor-shape", name);
    const Buffer memory = ops_.allocate(data.size() * sizeof(float), name.c_str());
    const Tensor wide(memory.data(), 1, parameter->value().count());
    ops_.upload(wide, data.data(), DType::f32);
    ops_.quantize_moment(moment_of(*parameter, which), wide, which == State::kMoment1);
    return;
  }
  if (which == State::kValue && model_.shares_weight(name))
    throw Error("internal", name, "a weight that nobody trains");
  const Tensor tensor = state(which, name);
  if (static_cast<int64_t>(data.size()) != tensor.count()) throw Error("tensor-shape", name);
  if (tensor.dtype != DType::f32) throw Error("internal", name, "a weight that is kept as it lies in its file");
  ops_.upload(tensor, data.data(), DType::f32);
  const Parameter* parameter = model_.find_parameter(name);
  if (which == State::kValue && parameter && !parameter->average().empty()) ops_.copy(parameter->average(), tensor);
  if (name == "vera_A" || name == "vera_B") model_.projection()->changed();
  model_.parameters_changed();
}

void Engine::write_codes(State which, const std::string& name, const std::vector<uint8_t>& codes) {
  const Parameter* parameter = find_quantized(which, name);
  if (!parameter) throw Error("unknown-tensor", name);
  if (static_cast<int64_t>(codes.size()) != parameter->value().count()) throw Error("tensor-shape", name);
  ops_.upload_bytes(moment_of(*parameter, which).codes, codes.data(), codes.size());
}

void Engine::exchange_averages() {
  for (Parameter* parameter : model_.parameters()) {
    if (parameter->average().empty()) throw Error("unknown-tensor", parameter->name());
    parameter->exchange_average();
  }
  model_.parameters_changed();
}

LossSum Engine::accumulate(const PackedBatch& batch, float scale, uint64_t dropout_seed) {
  return model_.accumulate(batch, scale, dropout_seed);
}

Updated Engine::update(const UpdateOptions& options) {
  ops_.enter({ModelPlace::Part::kUpdate});
  const std::span<Parameter* const> parameters = model_.parameters();
  const double norm = std::sqrt(gradient_squares(ops_, parameters));
  AdamW step{options.learning_rate, options.beta1, options.beta2, options.epsilon,
             options.weight_decay,  options.step,  1.0f};
  // torch.nn.utils.clip_grad_norm_ divides by norm + 1e-6 too.
  if (options.clip_norm > 0) step.gradient_scale = static_cast<float>(std::min(1.0, options.clip_norm / (norm + 1e-6)));
  gradient_scale_ = step.gradient_scale;
  adapter_lab::update(ops_, parameters, step, options.rates);
  if (options.average_decay > 0) update_averages(ops_, parameters, options.average_decay, options.step);
  model_.parameters_changed();
  ops_.finish();
  return {norm, take_device_use()};
}

/** Blocks of stacks are taken in one piece, and reserved for the longest texts that a plan expects. */
std::optional<DeviceUse> Engine::take_device_use() {
  std::optional<DeviceUse> use = ops_.take_device_use();
  const size_t idle = model_.take_idle_bytes();
  if (use) use->most_bytes -= idle;
  return use;
}

double Engine::add_orthogonality(float weight) {
  Pass pass = model_.inference_pass();
  return allocation_.add_orthogonality(pass.scratch, weight);
}

void Engine::measure_importance(float sensitivity_beta, float uncertainty_beta) {
  allocation_.measure({sensitivity_beta, uncertainty_beta, gradient_scale_});
}

std::vector<float> Engine::logits(const std::vector<int32_t>& tokens) {
  std::vector<float> host(tokens.size() * static_cast<size_t>(model_.shape().vocabulary));
  model_.logits(tokens, host.data());
  return host;
}

std::vector<GeneratedText> Engine::generate(const GenerateRequest& request, const GenerationListener& listener) {
  return adapter_lab::generate(ops_, model_, request, listener);
}

std::vector<std::vector<LogLikelihood>> Engine::log_likelihoods(const LogLikelihoodRequest& request) {
  return adapter_lab::log_likelihoods(ops_, model_, request);
}

std::vector<ModuleChange> Engine::slopes() {
  std::vector<ModuleChange> changes;
  Pass pass = model_.inference_pass();
  for (const auto& [name, linear] : model_.linears()) {
    const Weight& weight = linear->weight();
    Change change;
    if (linear->adapter()) {
      change = adapter_change(ops_, pass.scratch, weight.value, *linear->adapter());
    } else if (weight.trained) {
      change = trained_change(ops_, pass.scratch, weight.value, weight.source);
    } else {
      continue;
    }
    changes.push_back({name, change.delta_m, change.delta_d});
  }
  return changes;
}

}  // namespace adapter_lab
