// JavaScript values to the engine's structs and back; see extension/trainer/addon.ts for their types.
#pragma once
#include <napi.h>

#include <vector>

#include "adapters/merge_rows.h"
#include "cpu/update_spectrum.h"
#include "train/engine.h"

namespace adapter_lab {

TensorSource to_tensor_source(const Napi::Object& object);
EngineSpec to_engine_spec(const Napi::Object& object);
PackedBatch to_batch(const Napi::Object& object);
UpdateOptions to_update_options(const Napi::Object& object);
GenerateRequest to_generate_request(const Napi::Object& object);
LogLikelihoodRequest to_log_likelihood_request(const Napi::Object& object);
/** Throws a TypeError for an unknown name. */
State to_state(const Napi::Value& value);
std::vector<SavedState> to_saved_states(const Napi::Array& array);
std::vector<int32_t> to_int32s(const Napi::Value& value);
std::vector<float> to_floats(const Napi::Value& value);
RowsUpdate to_rows_update(const Napi::Object& object);
ProjectionSpec to_projection_spec(const Napi::Object& object);
UpdateFactors to_update_factors(const Napi::Object& object);

/** A copy: external memory is not allowed everywhere. */
Napi::Float64Array to_js(Napi::Env env, const std::vector<double>& values);
Napi::Float32Array to_js(Napi::Env env, const std::vector<float>& values);
Napi::Int32Array to_js(Napi::Env env, const std::vector<int32_t>& values);
Napi::Uint8Array to_js(Napi::Env env, const std::vector<uint8_t>& values);
/** One typed array a figure. */
Napi::Object to_js(Napi::Env env, const Profile& profile);

}  // namespace adapter_lab
