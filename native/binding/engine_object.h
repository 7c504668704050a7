// The JavaScript Engine object: copies its arguments, queues a job, copies the result back.
#pragma once
#include <napi.h>

#include <memory>
#include <string>
#include <vector>

#include "binding/turns.h"
#include "train/engine.h"

namespace adapter_lab {

/** Shared by the JavaScript object and the jobs that run on it. */
struct EngineHolder {
  struct ParameterInfo {
    std::string name;
    bool is_quantized;
    std::vector<int64_t> shape;
  };
  explicit EngineHolder(const EngineSpec& spec);

  std::unique_ptr<Engine> engine;         // empty after dispose
  Access reading;                         // of what only changes between passes
  std::vector<ParameterInfo> parameters;  // never changes: read on the JavaScript thread while jobs run
  Turns turns;
  /** Of generations that were called, oldest first: JavaScript thread alone. */
  std::vector<std::weak_ptr<StopSignal>> stops;
};

class EngineObject : public Napi::ObjectWrap<EngineObject> {
 public:
  static Napi::Function define(Napi::Env env);
  /** A promise of an Engine for `spec`. */
  static Napi::Promise load(Napi::Env env, EngineSpec spec, std::shared_ptr<Napi::FunctionReference> constructor);

  explicit EngineObject(const Napi::CallbackInfo& info);

 private:
  Napi::Value parameters(const Napi::CallbackInfo& info);
  Napi::Value memory(const Napi::CallbackInfo& info);
  Napi::Value read(const Napi::CallbackInfo& info);
  Napi::Value save(const Napi::CallbackInfo& info);
  Napi::Value write(const Napi::CallbackInfo& info);
  Napi::Value write_codes(const Napi::CallbackInfo& info);
  Napi::Value exchange_averages(const Napi::CallbackInfo& info);
  Napi::Value accumulate(const Napi::CallbackInfo& info);
  Napi::Value update(const Napi::CallbackInfo& info);
  Napi::Value add_orthogonality(const Napi::CallbackInfo& info);
  Napi::Value measure_importance(const Napi::CallbackInfo& info);
  Napi::Value prune(const Napi::CallbackInfo& info);
  Napi::Value keep_triplets(const Napi::CallbackInfo& info);
  Napi::Value loss(const Napi::CallbackInfo& info);
  Napi::Value logits(const Napi::CallbackInfo& info);
  Napi::Value generate(const Napi::CallbackInfo& info);
  Napi::Value stop_generating(const Napi::CallbackInfo& info);
  Napi::Value log_likelihoods(const Napi::CallbackInfo& info);
  Napi::Value start_profile(const Napi::CallbackInfo& info);
  Napi::Value stop_profile(const Napi::CallbackInfo& info);
  Napi::Value slopes(const Napi::CallbackInfo& info);
  Napi::Value dispose(const Napi::CallbackInfo& info);

  /** A job with the engine in its turn; rejects with "disposed" after dispose. */
  template <class Work, class ToJs>
  Napi::Promise run(Napi::Env env, Access access, Work work, ToJs to_js);

  std::shared_ptr<EngineHolder> holder_;
};

}  // namespace adapter_lab
