// The addon's exports: devices, memoryRoom, load, compareTensors, mergeRows, measureSpeed, measureProducts, quantize,
// drawProjection, updateSpectrum; of the backend listGpus, tryGpu, tryCublasLt and useCublasLt. Typed by
// extension/trainer/addon.ts.
#include <napi.h>

#include <limits>
#include <memory>

#include "analysis/slopes.h"
#include "analysis/speed.h"
#include "binding/backend.h"
#include "binding/convert.h"
#include "binding/engine_object.h"
#include "binding/job.h"
#include "core/processor.h"
#include "core/usable_cores.h"
#include "cpu/kernels/tiles.h"
#include "io/nf4_source.h"

namespace adapter_lab {
namespace {

Napi::Value devices(const Napi::CallbackInfo& info) {
  auto device = Napi::Object::New(info.Env());
  device.Set("kind", "cpu");
  device.Set("name", processor_name());
  device.Set("threads", usable_cores());
  device.Set("instructions", std::string(processor_instructions()) + (tiles::select_kernels() ? " and amx" : ""));
  auto list = Napi::Array::New(info.Env());
  list.Set(0u, device);
  return list;
}

Napi::Value memory_room(const Napi::CallbackInfo& info) {
  struct Room {
    MemoryRoom room;
    DType activations;
  };
  return start_job(
      info.Env(),
      [] {
        const std::unique_ptr<Ops> ops = make_engine_ops(1);
        return Room{ops->memory_room(), ops->activation_type()};
      },
      [](Napi::Env env, Room found) -> Napi::Value {
        const auto& [room, activations] = found;
        auto object = Napi::Object::New(env);
        const bool is_known = room.free_bytes < std::numeric_limits<size_t>::max();
        object.Set("freeBytes", is_known ? Napi::Number::New(env, static_cast<double>(room.free_bytes)) : env.Null());
        object.Set("totalBytes", static_cast<double>(room.total_bytes));
        object.Set("isHost", room.is_host);
        object.Set("activations", activations == DType::bf16 ? "bf16" : "f32");
        return object;
      });
}

Napi::Value compare_tensors(const Napi::CallbackInfo& info) {
  return start_job(
      info.Env(),
      [base = to_tensor_source(info[0].As<Napi::Object>()), other = to_tensor_source(info[1].As<Napi::Object>())] {
        const std::unique_ptr<Ops> ops = make_cpu_ops(0);
        Arena scratch(*ops);
        return source_change(*ops, scratch, base, other);
      },
      [](Napi::Env env, Change change) -> Napi::Value {
        auto object = Napi::Object::New(env);
        object.Set("deltaM", change.delta_m);
        object.Set("deltaD", change.delta_d);
        return object;
      });
}

Napi::Value merge_weight_rows(const Napi::CallbackInfo& info) {
  const auto request = info[0].As<Napi::Object>();
  const auto number = [&](const char* key) { return request.Get(key).As<Napi::Number>().Int64Value(); };
  return start_job(
      info.Env(),
      [weight = to_tensor_source(request.Get("weight").As<Napi::Object>()), first = number("firstRow"),
       count = number("rows"), threads = number("threads"), update = to_rows_update(request)] {
        const std::unique_ptr<Ops> ops = make_cpu_ops(static_cast<int>(threads));
        return merge_rows(*ops, weight, first, count, update);
      },
      [](Napi::Env env, const std::vector<float>& rows) -> Napi::Value { return to_js(env, rows); });
}

Napi::Value measure_speed_of(const Napi::CallbackInfo& info) {
  const int threads = info[0].As<Napi::Number>().Int32Value();
  const double seconds = info[1].As<Napi::Number>().DoubleValue();
  return start_job(
      info.Env(),
      [threads, seconds] {
        const std::unique_ptr<Ops> ops = make_cpu_ops(threads);
        return measure_speed(*ops, seconds);
      },
      [](Napi::Env env, Speed speed) -> Napi::Value {
        auto object = Napi::Object::New(env);
        object.Set("operationsPerSecond", speed.operations_per_second);
        object.Set("storedOperationsPerSecond", speed.stored_operations_per_second);
        object.Set("bytesPerSecond", speed.bytes_per_second);
        return object;
      });
}

/** Where engines compute. */
Napi::Value measure_products_of(const Napi::CallbackInfo& info) {
  return start_job(
      info.Env(),
      [size = info[0].As<Napi::Number>().Int64Value(), seconds = info[1].As<Napi::Number>().DoubleValue()] {
        const std::unique_ptr<Ops> ops = make_engine_ops(0);
        return measure_products(*ops, size, seconds);
      },
      [](Napi::Env env, double speed) -> Napi::Value { return Napi::Number::New(env, speed); });
}

Napi::Value quantized_to_js(Napi::Env env, const QuantizedTensor& tensor) {
  auto object = Napi::Object::New(env);
  object.Set("codes", to_js(env, tensor.codes));
  if (!tensor.absmax.empty()) {
    object.Set("absmax", to_js(env, tensor.absmax));
    return object;
  }
  auto second = Napi::Object::New(env);
  second.Set("codes", to_js(env, tensor.scales.codes));
  second.Set("absmax", to_js(env, tensor.scales.absmax));
  second.Set("map", to_js(env, dynamic_map()));
  second.Set("offset", tensor.scales.offset);
  object.Set("scales", second);
  return object;
}

Napi::Value quantize_tensor(const Napi::CallbackInfo& info) {
  const auto options = info[1].As<Napi::Object>();
  return start_job(
      info.Env(),
      [source = to_tensor_source(info[0].As<Napi::Object>()),
       block_size = options.Get("blockSize").As<Napi::Number>().Int64Value(),
       is_double = options.Get("double").As<Napi::Boolean>().Value(),
       threads = options.Get("threads").As<Napi::Number>().Int32Value()] {
        const std::unique_ptr<Ops> ops = make_cpu_ops(threads);
        return quantize(*ops, source, block_size, is_double);
      },
      quantized_to_js);
}

Napi::Value draw_shared_projection(const Napi::CallbackInfo& info) {
  return start_job(
      info.Env(), [spec = to_projection_spec(info[0].As<Napi::Object>())] { return draw_projection(spec); },
      [](Napi::Env env, const ProjectionValues& values) -> Napi::Value {
        auto object = Napi::Object::New(env);
        object.Set("a", to_js(env, values.a));
        object.Set("b", to_js(env, values.b));
        return object;
      });
}

Napi::Value update_spectrum_of(const Napi::CallbackInfo& info) {
  const auto request = info[0].As<Napi::Object>();
  return start_job(
      info.Env(),
      [factors = to_update_factors(request), most = request.Get("directions").As<Napi::Number>().Int64Value()] {
        return update_spectrum(factors, most);
      },
      [](Napi::Env env, const UpdateSpectrum& spectrum) -> Napi::Value {
        auto object = Napi::Object::New(env);
        object.Set("values", to_js(env, spectrum.values));
        object.Set("left", to_js(env, spectrum.left));
        object.Set("right", to_js(env, spectrum.right));
        return object;
      });
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  const auto constructor = std::make_shared<Napi::FunctionReference>(Napi::Persistent(EngineObject::define(env)));
  exports.Set("devices", Napi::Function::New(env, devices));
  exports.Set("memoryRoom", Napi::Function::New(env, memory_room));
  exports.Set("load", Napi::Function::New(env, [constructor](const Napi::CallbackInfo& info) -> Napi::Value {
                return EngineObject::load(info.Env(), to_engine_spec(info[0].As<Napi::Object>()), constructor);
              }));
  exports.Set("compareTensors", Napi::Function::New(env, compare_tensors));
  exports.Set("mergeRows", Napi::Function::New(env, merge_weight_rows));
  exports.Set("measureSpeed", Napi::Function::New(env, measure_speed_of));
  exports.Set("measureProducts", Napi::Function::New(env, measure_products_of));
  exports.Set("quantize", Napi::Function::New(env, quantize_tensor));
  exports.Set("drawProjection", Napi::Function::New(env, draw_shared_projection));
  exports.Set("updateSpectrum", Napi::Function::New(env, update_spectrum_of));
  export_devices(env, exports);
  return exports;
}

}  // namespace
}  // namespace adapter_lab

static Napi::Object init_addon(Napi::Env env, Napi::Object exports) { return adapter_lab::init(env, exports); }

NODE_API_MODULE(adapter_lab, init_addon)
