#include "binding/convert.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace adapter_lab {
namespace {

int64_t integer(const Napi::Object& object, const char* key) { return object.Get(key).As<Napi::Number>().Int64Value(); }

float number(const Napi::Object& object, const char* key) { return object.Get(key).As<Napi::Number>().FloatValue(); }

bool boolean(const Napi::Object& object, const char* key) { return object.Get(key).As<Napi::Boolean>().Value(); }

std::string text(const Napi::Object& object, const char* key) { return object.Get(key).As<Napi::String>().Utf8Value(); }

/** Calls `add` with each element of the array `key`. */
template <class Add>
void each(const Napi::Object& object, const char* key, Add add) {
  const auto array = object.Get(key).As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); ++i) add(array.Get(i));
}

DType to_dtype(const std::string& name) {
  if (name == "nf4") return DType::nf4;
  if (name == "f16") return DType::f16;
  return name == "bf16" ? DType::bf16 : DType::f32;
}

ModelShape to_model_shape(const Napi::Object& object) {
  ModelShape shape{integer(object, "layers"),
                   integer(object, "hidden"),
                   integer(object, "heads"),
                   integer(object, "kvHeads"),
                   integer(object, "headDim"),
                   integer(object, "intermediate"),
                   integer(object, "vocabulary"),
                   number(object, "normEpsilon"),
                   boolean(object, "tiedHead"),
                   {},
                   {}};
  each(object, "inverseFrequencies",
       [&](const Napi::Value& value) { shape.inverse_frequencies.push_back(value.As<Napi::Number>().FloatValue()); });
  each(object, "windows",
       [&](const Napi::Value& value) { shape.windows.push_back(value.As<Napi::Number>().Int64Value()); });
  return shape;
}

LowRankKind to_kind(const std::string& name) {
  if (name == "adalora") return LowRankKind::kAdalora;
  return name == "vera" ? LowRankKind::kVera : LowRankKind::kLora;
}

Initial to_initial(const std::string& name) {
  if (name == "gaussian") return Initial::kGaussian;
  return name == "orthogonal" ? Initial::kOrthogonal : Initial::kDefault;
}

LowRankSpec to_low_rank_spec(const Napi::Object& object, bool detach_norm, Initial initial) {
  return {text(object, "name"),      to_kind(text(object, "kind")),
          integer(object, "rank"),   number(object, "scale"),
          number(object, "dropout"), boolean(object, "magnitude"),
          detach_norm,               initial,
          object.Has("principal")};
}

VeraSpec to_vera_spec(const Napi::Object& object) {
  return {static_cast<uint64_t>(integer(object, "seed")), number(object, "initialD"), to_dtype(text(object, "dtype"))};
}

FilePart to_file_part(const Napi::Value& value) {
  const auto object = value.As<Napi::Object>();
  return {text(object, "file"), integer(object, "offsetBytes")};
}

Nf4Parts to_nf4_parts(const Napi::Object& object) {
  Nf4Parts parts{integer(object, "blockSize"), object.Get("double").IsObject(), to_file_part(object.Get("absmax")),
                 {}, {}, 0.0f};
  if (!parts.is_double) return parts;
  const auto second = object.Get("double").As<Napi::Object>();
  parts.scales = to_file_part(second.Get("scales"));
  parts.map = to_file_part(second.Get("map"));
  parts.offset = number(second, "offset");
  return parts;
}

}  // namespace

TensorSource to_tensor_source(const Napi::Object& object) {
  TensorSource source{text(object, "file"), integer(object, "offsetBytes"), to_dtype(text(object, "dtype")), {}, {}};
  each(object, "shape",
       [&](const Napi::Value& value) { source.shape.push_back(value.As<Napi::Number>().Int64Value()); });
  if (source.dtype == DType::nf4) source.nf4 = to_nf4_parts(object.Get("nf4").As<Napi::Object>());
  return source;
}

EngineSpec to_engine_spec(const Napi::Object& object) {
  EngineSpec spec{};
  spec.model.shape = to_model_shape(object.Get("shape").As<Napi::Object>());
  const auto tensors = object.Get("tensors").As<Napi::Object>();
  const Napi::Array names = tensors.GetPropertyNames();
  for (uint32_t i = 0; i < names.Length(); ++i) {
    const std::string name = names.Get(i).As<Napi::String>().Utf8Value();
    spec.model.tensors.emplace(name, to_tensor_source(tensors.Get(name).As<Napi::Object>()));
  }
  const bool detach_norm = boolean(object, "detachNorm");
  const Initial initial = to_initial(text(object, "init"));
  each(object, "adapters", [&](const Napi::Value& value) {
    const auto adapter = value.As<Napi::Object>();
    spec.model.adapters.push_back(to_low_rank_spec(adapter, detach_norm, initial));
    if (!adapter.Get("principal").IsObject()) return;
    const auto pair = adapter.Get("principal").As<Napi::Object>();
    spec.model.principal_pairs.emplace(text(adapter, "name"),
                                       InitialPair{to_floats(pair.Get("a")), to_floats(pair.Get("b"))});
  });
  each(object, "trainedTensors",
       [&](const Napi::Value& value) { spec.model.trained_tensors.push_back(value.As<Napi::String>().Utf8Value()); });
  const Napi::Value projection = object.Get("projection");
  if (projection.IsObject()) spec.model.vera = to_vera_spec(projection.As<Napi::Object>());
  spec.model.training = boolean(object, "training");
  spec.model.activation_checkpointing = boolean(object, "activationCheckpointing");
  spec.model.keeps_stored = boolean(object, "keepsStored");
  spec.model.seed = static_cast<uint64_t>(integer(object, "seed"));
  spec.states = {boolean(object, "eightBitMoments"), boolean(object, "averages")};
  spec.threads = static_cast<int>(integer(object, "threads"));
  const auto reserve = object.Get("reserve").As<Napi::Object>();
  spec.reserve_bytes = static_cast<size_t>(integer(reserve, "all"));
  spec.model.saved_bytes = static_cast<size_t>(integer(reserve, "saved"));
  spec.model.scratch_bytes = static_cast<size_t>(integer(reserve, "scratch"));
  return spec;
}

ProjectionSpec to_projection_spec(const Napi::Object& object) {
  return {static_cast<uint64_t>(integer(object, "seed")), integer(object, "rank"), integer(object, "in"),
          integer(object, "out"), to_dtype(text(object, "dtype"))};
}

std::vector<int32_t> to_int32s(const Napi::Value& value) {
  const auto array = value.As<Napi::Int32Array>();
  return {array.Data(), array.Data() + array.ElementLength()};
}

std::vector<float> to_floats(const Napi::Value& value) {
  const auto array = value.As<Napi::Float32Array>();
  return {array.Data(), array.Data() + array.ElementLength()};
}

RowsUpdate to_rows_update(const Napi::Object& object) {
  RowsUpdate update{integer(object, "rank"), number(object, "scale"), to_floats(object.Get("a")),
                    to_floats(object.Get("b")), {}};
  if (object.Get("magnitude").IsTypedArray()) update.magnitude = to_floats(object.Get("magnitude"));
  return update;
}

UpdateFactors to_update_factors(const Napi::Object& object) {
  return {integer(object, "rank"),
          integer(object, "in"),
          integer(object, "out"),
          object.Get("scale").As<Napi::Number>().DoubleValue(),
          to_floats(object.Get("a")),
          to_floats(object.Get("b"))};
}

PackedBatch to_batch(const Napi::Object& object) {
  return {to_int32s(object.Get("tokens")), to_int32s(object.Get("targets")), to_int32s(object.Get("lengths"))};
}

UpdateOptions to_update_options(const Napi::Object& object) {
  UpdateOptions options{number(object, "learningRate"), number(object, "beta1"),       number(object, "beta2"),
                        number(object, "epsilon"),      number(object, "weightDecay"), number(object, "clipNorm"),
                        integer(object, "step"),        0.0f,                          {}};
  if (object.Has("averageDecay")) options.average_decay = number(object, "averageDecay");
  if (object.Has("rates")) {
    const auto rates = object.Get("rates").As<Napi::Float32Array>();
    options.rates.assign(rates.Data(), rates.Data() + rates.ElementLength());
  }
  return options;
}

GenerateRequest to_generate_request(const Napi::Object& object) {
  const Napi::Value stopping = object.Get("earlyStopping");
  GenerateRequest request{};
  request.options = {integer(object, "beams"), integer(object, "maxNewTokens"), number(object, "lengthPenalty"),
                     stopping.IsString()                          ? EarlyStopping::kNever
                     : stopping.As<Napi::Boolean>().Value() ? EarlyStopping::kYes
                                                                  : EarlyStopping::kNo,
                     {}};
  each(object, "endTokens", [&](const Napi::Value& value) {
    request.options.end_tokens.push_back(value.As<Napi::Number>().Int32Value());
  });
  each(object, "prompts", [&](const Napi::Value& value) { request.prompts.push_back(to_int32s(value)); });
  request.at_once = integer(object, "atOnce");
  request.alternatives = object.Has("alternatives") ? integer(object, "alternatives") : 0;
  if (object.Get("sampling").IsObject()) {
    const auto sampling = object.Get("sampling").As<Napi::Object>();
    request.sampling = {{number(sampling, "temperature"), integer(sampling, "topK"), number(sampling, "topP")},
                        static_cast<uint64_t>(integer(sampling, "seed")),
                        {}};
    if (sampling.Has("numbers"))
      each(sampling, "numbers", [&](const Napi::Value& value) {
        request.sampling->numbers.push_back(value.As<Napi::Number>().Uint32Value());
      });
  }
  return request;
}

LogLikelihoodRequest to_log_likelihood_request(const Napi::Object& object) {
  LogLikelihoodRequest request;
  each(object, "contexts", [&](const Napi::Value& value) { request.contexts.push_back(to_int32s(value)); });
  each(object, "continuations", [&](const Napi::Value& value) {
    const auto array = value.As<Napi::Array>();
    std::vector<std::vector<int32_t>>& continuations = request.continuations.emplace_back();
    for (uint32_t i = 0; i < array.Length(); ++i) continuations.push_back(to_int32s(array.Get(i)));
  });
  return request;
}

State to_state(const Napi::Value& value) {
  const std::string name = value.As<Napi::String>().Utf8Value();
  if (name == "value") return State::kValue;
  if (name == "gradient") return State::kGradient;
  if (name == "moment1") return State::kMoment1;
  if (name == "moment2") return State::kMoment2;
  if (name == "start") return State::kStart;
  if (name == "sensitivity") return State::kSensitivity;
  if (name == "uncertainty") return State::kUncertainty;
  if (name == "average") return State::kAverage;
  if (name == "scales1") return State::kScales1;
  if (name == "scales2") return State::kScales2;
  throw Napi::TypeError::New(value.Env(), "unknown state " + name);
}

std::vector<SavedState> to_saved_states(const Napi::Array& array) {
  std::vector<SavedState> states;
  for (uint32_t i = 0; i < array.Length(); ++i) {
    const auto object = array.Get(i).As<Napi::Object>();
    states.push_back({to_state(object.Get("state")), object.Get("name").As<Napi::String>().Utf8Value(),
                      integer(object, "offsetBytes"), integer(object, "sizeBytes")});
  }
  return states;
}

Napi::Float64Array to_js(Napi::Env env, const std::vector<double>& values) {
  auto array = Napi::Float64Array::New(env, values.size());
  std::copy(values.begin(), values.end(), array.Data());
  return array;
}

Napi::Float32Array to_js(Napi::Env env, const std::vector<float>& values) {
  auto array = Napi::Float32Array::New(env, values.size());
  std::copy(values.begin(), values.end(), array.Data());
  return array;
}

Napi::Uint8Array to_js(Napi::Env env, const std::vector<uint8_t>& values) {
  auto array = Napi::Uint8Array::New(env, values.size());
  std::copy(values.begin(), values.end(), array.Data());
  return array;
}

Napi::Int32Array to_js(Napi::Env env, const std::vector<int32_t>& values) {
  auto array = Napi::Int32Array::New(env, values.size());
  std::copy(values.begin(), values.end(), array.Data());
  return array;
}

Napi::Object to_js(Napi::Env env, const Profile& profile) {
  std::map<std::string_view, double> numbers;
  auto names = Napi::Array::New(env);
  for (const ProfiledCall& call : profile.calls) {
    if (!numbers.emplace(call.name, numbers.size()).second) continue;
    names.Set(names.Length(), call.name);
  }
  auto object = Napi::Object::New(env);
  object.Set("names", names);
  const auto set = [&](const char* figure, auto&& value_of) {
    auto column = Napi::Float64Array::New(env, profile.calls.size());
    for (size_t i = 0; i < profile.calls.size(); ++i) column[i] = static_cast<double>(value_of(profile.calls[i]));
    object.Set(figure, column);
  };
  set("name", [&](const ProfiledCall& call) { return numbers.at(call.name); });
  set("part", [](const ProfiledCall& call) { return static_cast<int>(call.place.part); });
  set("layer", [](const ProfiledCall& call) { return call.place.layer; });
  set("backward", [](const ProfiledCall& call) { return call.place.is_backward; });
  set("rows", [](const ProfiledCall& call) { return call.rows; });
  set("columns", [](const ProfiledCall& call) { return call.cols; });
  set("depth", [](const ProfiledCall& call) { return call.depth; });
  set("start", [](const ProfiledCall& call) { return call.start; });
  set("seconds", [](const ProfiledCall& call) { return call.seconds; });
  set("operations", [](const ProfiledCall& call) { return call.operations; });
  set("bytes", [](const ProfiledCall& call) { return call.bytes; });
  object.Set("allocations", profile.allocations);
  object.Set("allocatedBytes", profile.allocated_bytes);
  return object;
}

}  // namespace adapter_lab
