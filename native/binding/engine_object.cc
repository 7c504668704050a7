#include "binding/engine_object.h"

#include <utility>

#include "binding/convert.h"
#include "binding/job.h"

namespace adapter_lab {
namespace {

struct Nothing {};

Napi::Value undefined(Napi::Env env, Nothing) { return env.Undefined(); }

Napi::Value loss_sum(Napi::Env env, LossSum sum) {
  auto object = Napi::Object::New(env);
  object.Set("lossSum", sum.loss);
  object.Set("tokens", static_cast<double>(sum.tokens));
  return object;
}

Napi::Value floats(Napi::Env env, const std::vector<float>& values) { return to_js(env, values); }

}  // namespace

EngineHolder::EngineHolder(const EngineSpec& spec) : engine(std::make_unique<Engine>(spec)) {
  for (const Parameter* parameter : engine->model().parameters()) {
    const Tensor value = parameter->value();
    parameters.push_back({parameter->name(), parameter->is_vector() ? std::vector<int64_t>{value.cols}
                                                                    : std::vector<int64_t>{value.rows, value.cols}});
  }
}

template <class Work, class ToJs>
Napi::Promise EngineObject::run(Napi::Env env, Work work, ToJs to_js) {
  return start_job(
      env,
      [holder = holder_, ticket = holder_->turns.draw(), work = std::move(work)]() mutable {
        const Turns::Held held(holder->turns, ticket);
        if (!holder->engine) throw Error("disposed", "engine");
        return work(*holder->engine);
      },
      std::move(to_js));
}

Napi::Function EngineObject::define(Napi::Env env) {
  return DefineClass(env, "Engine",
                     {
                         InstanceAccessor<&EngineObject::parameters>("parameters"),
                         InstanceMethod<&EngineObject::memory>("memory"),
                         InstanceMethod<&EngineObject::read>("read"),
                         InstanceMethod<&EngineObject::write>("write"),
                         InstanceMethod<&EngineObject::accumulate>("accumulate"),
                         InstanceMethod<&EngineObject::update>("update"),
                         InstanceMethod<&EngineObject::loss>("loss"),
                         InstanceMethod<&EngineObject::logits>("logits"),
                         InstanceMethod<&EngineObject::generate>("generate"),
                         InstanceMethod<&EngineObject::slopes>("slopes"),
                         InstanceMethod<&EngineObject::merged>("merged"),
                         InstanceMethod<&EngineObject::dispose>("dispose"),
                     });
}

Napi::Promise EngineObject::load(Napi::Env env, EngineSpec spec, std::shared_ptr<Napi::FunctionReference> constructor) {
  return start_job(
      env, [spec = std::move(spec)] { return std::make_shared<EngineHolder>(spec); },
      [constructor](Napi::Env env, std::shared_ptr<EngineHolder> holder) -> Napi::Value {
        return constructor->New({Napi::External<std::shared_ptr<EngineHolder>>::New(env, &holder)});
      });
}

EngineObject::EngineObject(const Napi::CallbackInfo& info)
    : ObjectWrap(info), holder_(*info[0].As<Napi::External<std::shared_ptr<EngineHolder>>>().Data()) {}

Napi::Value EngineObject::parameters(const Napi::CallbackInfo& info) {
  auto list = Napi::Array::New(info.Env());
  for (const EngineHolder::ParameterInfo& parameter : holder_->parameters) {
    auto shape = Napi::Array::New(info.Env());
    for (const int64_t size : parameter.shape) shape.Set(shape.Length(), static_cast<double>(size));
    auto entry = Napi::Object::New(info.Env());
    entry.Set("name", parameter.name);
    entry.Set("shape", shape);
    list.Set(list.Length(), entry);
  }
  return list;
}

Napi::Value EngineObject::memory(const Napi::CallbackInfo& info) {
  return run(
      info.Env(), [](Engine& engine) { return engine.memory(); },
      [](Napi::Env env, MemoryUse use) -> Napi::Value {
        auto object = Napi::Object::New(env);
        object.Set("weights", static_cast<double>(use.weights));
        object.Set("adapters", static_cast<double>(use.adapters));
        object.Set("optimizer", static_cast<double>(use.optimizer));
        object.Set("activations", static_cast<double>(use.activations));
        return object;
      });
}

Napi::Value EngineObject::read(const Napi::CallbackInfo& info) {
  return run(
      info.Env(),
      [state = to_state(info[0]), name = info[1].As<Napi::String>().Utf8Value()](Engine& engine) {
        return engine.read(state, name);
      },
      floats);
}

Napi::Value EngineObject::write(const Napi::CallbackInfo& info) {
  const auto array = info[2].As<Napi::Float32Array>();
  std::vector<float> data(array.Data(), array.Data() + array.ElementLength());
  return run(
      info.Env(),
      [state = to_state(info[0]), name = info[1].As<Napi::String>().Utf8Value(),
       data = std::move(data)](Engine& engine) mutable {
        engine.write(state, name, std::move(data));
        return Nothing{};
      },
      undefined);
}

Napi::Value EngineObject::accumulate(const Napi::CallbackInfo& info) {
  return run(
      info.Env(),
      [batch = to_batch(info[0].As<Napi::Object>()), scale = info[1].As<Napi::Number>().FloatValue(),
       seed = info[2].As<Napi::Number>().Int64Value()](Engine& engine) {
        return engine.accumulate(batch, scale, static_cast<uint64_t>(seed));
      },
      loss_sum);
}

Napi::Value EngineObject::update(const Napi::CallbackInfo& info) {
  return run(
      info.Env(),
      [options = to_update_options(info[0].As<Napi::Object>())](Engine& engine) { return engine.update(options); },
      [](Napi::Env env, double norm) -> Napi::Value {
        auto object = Napi::Object::New(env);
        object.Set("gradNorm", norm);
        return object;
      });
}

Napi::Value EngineObject::loss(const Napi::CallbackInfo& info) {
  return run(
      info.Env(), [batch = to_batch(info[0].As<Napi::Object>())](Engine& engine) { return engine.loss(batch); },
      loss_sum);
}

Napi::Value EngineObject::logits(const Napi::CallbackInfo& info) {
  return run(
      info.Env(), [tokens = to_int32s(info[0])](Engine& engine) { return engine.logits(tokens); }, floats);
}

Napi::Value EngineObject::generate(const Napi::CallbackInfo& info) {
  return run(
      info.Env(),
      [request = to_generate_request(info[0].As<Napi::Object>())](Engine& engine) { return engine.generate(request); },
      [](Napi::Env env, const std::vector<std::vector<int32_t>>& texts) -> Napi::Value {
        auto list = Napi::Array::New(env, texts.size());
        for (uint32_t i = 0; i < texts.size(); ++i) list.Set(i, to_js(env, texts[i]));
        return list;
      });
}

Napi::Value EngineObject::slopes(const Napi::CallbackInfo& info) {
  return run(
      info.Env(), [](Engine& engine) { return engine.slopes(); },
      [](Napi::Env env, const std::vector<ModuleChange>& changes) -> Napi::Value {
        auto list = Napi::Array::New(env, changes.size());
        for (uint32_t i = 0; i < changes.size(); ++i) {
          auto entry = Napi::Object::New(env);
          entry.Set("name", changes[i].name);
          entry.Set("deltaM", changes[i].delta_m);
          entry.Set("deltaD", changes[i].delta_d);
          list.Set(i, entry);
        }
        return list;
      });
}

Napi::Value EngineObject::merged(const Napi::CallbackInfo& info) {
  return run(
      info.Env(), [module = info[0].As<Napi::String>().Utf8Value()](Engine& engine) { return engine.merged(module); },
      floats);
}

Napi::Value EngineObject::dispose(const Napi::CallbackInfo& info) {
  return start_job(
      info.Env(),
      [holder = holder_, ticket = holder_->turns.draw()] {
        const Turns::Held held(holder->turns, ticket);
        holder->engine.reset();
        return Nothing{};
      },
      undefined);
}

}  // namespace adapter_lab
