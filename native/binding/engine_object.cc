#include "binding/engine_object.h"

#include <algorithm>
#include <utility>

#include "binding/backend.h"
#include "binding/convert.h"
#include "binding/job.h"
#include "binding/news_delivery.h"

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

Napi::Value bytes(Napi::Env env, const std::vector<uint8_t>& values) {
  auto array = Napi::Uint8Array::New(env, values.size());
  std::copy(values.begin(), values.end(), array.Data());
  return array;
}

Napi::Value floats(Napi::Env env, const std::vector<float>& values) { return to_js(env, values); }

}  // namespace

EngineHolder::EngineHolder(const EngineSpec& spec)
    : engine(std::make_unique<Engine>(make_engine_ops(spec.threads), spec)),
      reading(engine->bears_readers() ? Access::kReads : Access::kPass) {
  for (const Parameter* parameter : engine->model().parameters()) {
    const Tensor value = parameter->value();
    parameters.push_back(
        {parameter->name(), parameter->is_quantized(),
         parameter->is_vector() ? std::vector<int64_t>{value.cols} : std::vector<int64_t>{value.rows, value.cols}});
  }
}

template <class Work, class ToJs>
Napi::Promise EngineObject::run(Napi::Env env, Access access, Work work, ToJs to_js) {
  return start_job(
      env,
      [holder = holder_, ticket = holder_->turns.draw(access), work = std::move(work)]() mutable {
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
                         InstanceMethod<&EngineObject::save>("save"),
                         InstanceMethod<&EngineObject::write>("write"),
                         InstanceMethod<&EngineObject::write_codes>("writeCodes"),
                         InstanceMethod<&EngineObject::exchange_averages>("exchangeAverages"),
                         InstanceMethod<&EngineObject::accumulate>("accumulate"),
                         InstanceMethod<&EngineObject::update>("update"),
                         InstanceMethod<&EngineObject::add_orthogonality>("addOrthogonality"),
                         InstanceMethod<&EngineObject::measure_importance>("measureImportance"),
                         InstanceMethod<&EngineObject::prune>("prune"),
                         InstanceMethod<&EngineObject::keep_triplets>("keepTriplets"),
                         InstanceMethod<&EngineObject::loss>("loss"),
                         InstanceMethod<&EngineObject::logits>("logits"),
                         InstanceMethod<&EngineObject::generate>("generate"),
                         InstanceMethod<&EngineObject::stop_generating>("stopGenerating"),
                         InstanceMethod<&EngineObject::log_likelihoods>("logLikelihoods"),
                         InstanceMethod<&EngineObject::slopes>("slopes"),
                         InstanceMethod<&EngineObject::start_profile>("startProfile"),
                         InstanceMethod<&EngineObject::stop_profile>("stopProfile"),
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
    entry.Set("quantized", parameter.is_quantized);
    list.Set(list.Length(), entry);
  }
  return list;
}

Napi::Value EngineObject::memory(const Napi::CallbackInfo& info) {
  return run(
      info.Env(), Access::kPass, [](Engine& engine) { return engine.memory(); },
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
  const State state = to_state(info[0]);
  return run(
      info.Env(), state == State::kGradient ? Access::kPass : holder_->reading,
      [state, name = info[1].As<Napi::String>().Utf8Value()](Engine& engine) { return engine.read(state, name); },
      floats);
}

Napi::Value EngineObject::save(const Napi::CallbackInfo& info) {
  return run(
      info.Env(), holder_->reading,
      [file = info[0].As<Napi::String>().Utf8Value(),
       states = to_saved_states(info[1].As<Napi::Array>())](Engine& engine) {
        engine.save(file, states);
        return Nothing{};
      },
      undefined);
}

Napi::Value EngineObject::write(const Napi::CallbackInfo& info) {
  std::vector<float> data = to_floats(info[2]);
  return run(
      info.Env(), Access::kChanges,
      [state = to_state(info[0]), name = info[1].As<Napi::String>().Utf8Value(),
       data = std::move(data)](Engine& engine) mutable {
        engine.write(state, name, std::move(data));
        return Nothing{};
      },
      undefined);
}

Napi::Value EngineObject::write_codes(const Napi::CallbackInfo& info) {
  const auto array = info[2].As<Napi::Uint8Array>();
  std::vector<uint8_t> codes(array.Data(), array.Data() + array.ElementLength());
  return run(
      info.Env(), Access::kChanges,
      [state = to_state(info[0]), name = info[1].As<Napi::String>().Utf8Value(),
       codes = std::move(codes)](Engine& engine) {
        engine.write_codes(state, name, codes);
        return Nothing{};
      },
      undefined);
}

Napi::Value EngineObject::exchange_averages(const Napi::CallbackInfo& info) {
  return run(
      info.Env(), Access::kChanges,
      [](Engine& engine) {
        engine.exchange_averages();
        return Nothing{};
      },
      undefined);
}

Napi::Value EngineObject::accumulate(const Napi::CallbackInfo& info) {
  return run(
      info.Env(), Access::kPass,
      [batch = to_batch(info[0].As<Napi::Object>()), scale = info[1].As<Napi::Number>().FloatValue(),
       seed = info[2].As<Napi::Number>().Int64Value()](Engine& engine) {
        return engine.accumulate(batch, scale, static_cast<uint64_t>(seed));
      },
      loss_sum);
}

Napi::Value EngineObject::update(const Napi::CallbackInfo& info) {
  return run(
      info.Env(), Access::kChanges,
      [options = to_update_options(info[0].As<Napi::Object>())](Engine& engine) { return engine.update(options); },
      [](Napi::Env env, const Updated& updated) -> Napi::Value {
        auto object = Napi::Object::New(env);
        object.Set("gradNorm", updated.norm);
        if (!updated.memory) return object;
        auto memory = Napi::Object::New(env);
        memory.Set("mostBytes", static_cast<double>(updated.memory->most_bytes));
        memory.Set("heldBytes", static_cast<double>(updated.memory->held_bytes));
        object.Set("device", memory);
        return object;
      });
}

Napi::Value EngineObject::add_orthogonality(const Napi::CallbackInfo& info) {
  return run(
      info.Env(), Access::kPass,
      [weight = info[0].As<Napi::Number>().FloatValue()](Engine& engine) { return engine.add_orthogonality(weight); },
      [](Napi::Env env, double term) -> Napi::Value { return Napi::Number::New(env, term); });
}

Napi::Value EngineObject::measure_importance(const Napi::CallbackInfo& info) {
  return run(
      info.Env(), Access::kChanges,
      [sensitivity = info[0].As<Napi::Number>().FloatValue(),
       uncertainty = info[1].As<Napi::Number>().FloatValue()](Engine& engine) {
        engine.measure_importance(sensitivity, uncertainty);
        return Nothing{};
      },
      undefined);
}

Napi::Value EngineObject::prune(const Napi::CallbackInfo& info) {
  return run(
      info.Env(), Access::kChanges,
      [count = info[0].As<Napi::Number>().Int64Value()](Engine& engine) { return engine.prune(count); }, bytes);
}

Napi::Value EngineObject::keep_triplets(const Napi::CallbackInfo& info) {
  const auto array = info[0].As<Napi::Uint8Array>();
  std::vector<uint8_t> flags(array.Data(), array.Data() + array.ElementLength());
  return run(
      info.Env(), Access::kChanges,
      [flags = std::move(flags)](Engine& engine) {
        engine.keep_triplets(flags);
        return Nothing{};
      },
      undefined);
}

Napi::Value EngineObject::loss(const Napi::CallbackInfo& info) {
  return run(
      info.Env(), Access::kPass,
      [batch = to_batch(info[0].As<Napi::Object>())](Engine& engine) { return engine.loss(batch); },
      loss_sum);
}

Napi::Value EngineObject::logits(const Napi::CallbackInfo& info) {
  return run(
      info.Env(), Access::kPass, [tokens = to_int32s(info[0])](Engine& engine) { return engine.logits(tokens); },
      floats);
}

Napi::Value EngineObject::generate(const Napi::CallbackInfo& info) {
  GenerateRequest request = to_generate_request(info[0].As<Napi::Object>());
  const auto stop = std::make_shared<StopSignal>(static_cast<int64_t>(request.prompts.size()));
  std::erase_if(holder_->stops, [](const std::weak_ptr<StopSignal>& other) { return other.expired(); });
  holder_->stops.push_back(stop);
  const auto delivery =
      info[1].IsObject() ? std::make_shared<NewsDelivery>(info[1].As<Napi::Object>(), stop) : nullptr;
  return run(
      info.Env(), Access::kPass,
      [request = std::move(request), stop, delivery](Engine& engine) {
        GenerationListener listener{{}, stop.get()};
        if (delivery) listener.on_news = [&](GenerationNews news) { delivery->tell(std::move(news)); };
        return engine.generate(request, listener);
      },
      [delivery](Napi::Env env, const std::vector<GeneratedText>& texts) -> Napi::Value {
        if (delivery) delivery->finish(env);
        auto list = Napi::Array::New(env, texts.size());
        for (uint32_t i = 0; i < texts.size(); ++i) list.Set(i, to_js(env, texts[i]));
        return list;
      });
}

Napi::Value EngineObject::stop_generating(const Napi::CallbackInfo& info) {
  for (const std::weak_ptr<StopSignal>& weak : holder_->stops) {
    const std::shared_ptr<StopSignal> stop = weak.lock();
    if (!stop) continue;
    if (info[0].IsNumber()) {
      stop->stop(info[0].As<Napi::Number>().Int64Value());
      break;  // the number means a prompt of the one that runs
    }
    stop->stop_all();
  }
  return info.Env().Undefined();
}

Napi::Value EngineObject::log_likelihoods(const Napi::CallbackInfo& info) {
  return run(
      info.Env(), Access::kPass,
      [request = to_log_likelihood_request(info[0].As<Napi::Object>())](Engine& engine) {
        return engine.log_likelihoods(request);
      },
      [](Napi::Env env, const std::vector<std::vector<LogLikelihood>>& contexts) -> Napi::Value {
        auto lists = Napi::Array::New(env, contexts.size());
        for (uint32_t i = 0; i < contexts.size(); ++i) {
          auto list = Napi::Array::New(env, contexts[i].size());
          for (uint32_t j = 0; j < contexts[i].size(); ++j) {
            auto object = Napi::Object::New(env);
            object.Set("sum", contexts[i][j].sum);
            object.Set("isGreedy", contexts[i][j].is_greedy);
            list.Set(j, object);
          }
          lists.Set(i, list);
        }
        return lists;
      });
}

Napi::Value EngineObject::slopes(const Napi::CallbackInfo& info) {
  return run(
      info.Env(), Access::kPass, [](Engine& engine) { return engine.slopes(); },
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

Napi::Value EngineObject::start_profile(const Napi::CallbackInfo& info) {
  return run(
      info.Env(), Access::kPass,
      [](Engine& engine) {
        engine.start_profile();
        return Nothing{};
      },
      undefined);
}

Napi::Value EngineObject::stop_profile(const Napi::CallbackInfo& info) {
  return run(
      info.Env(), Access::kPass, [](Engine& engine) { return engine.stop_profile(); },
      [](Napi::Env env, const Profile& profile) -> Napi::Value { return to_js(env, profile); });
}

Napi::Value EngineObject::dispose(const Napi::CallbackInfo& info) {
  return start_job(
      info.Env(),
      [holder = holder_, ticket = holder_->turns.draw(Access::kChanges)] {
        const Turns::Held held(holder->turns, ticket);
        holder->engine.reset();
        return Nothing{};
      },
      undefined);
}

}  // namespace adapter_lab
