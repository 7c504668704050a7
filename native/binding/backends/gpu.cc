// CUDA's kernels, on the first GPU that CUDA_VISIBLE_DEVICES leaves or, emulated, on the host.
#include <napi.h>

#include "binding/backend.h"
#include "cuda/make_cuda_ops.h"
#include "cuda/probe.h"

namespace adapter_lab {
namespace {

Napi::Value to_js(Napi::Env env, const gpu::ListedGpu& gpu) {
  auto object = Napi::Object::New(env);
  object.Set("name", gpu.name);
  object.Set("uuid", gpu.uuid);
  object.Set("capability", gpu.capability);
  object.Set("freeBytes", static_cast<double>(gpu.free_bytes));
  object.Set("totalBytes", static_cast<double>(gpu.total_bytes));
  object.Set("failure", gpu.failure);
  return object;
}

Napi::Value list_gpus(const Napi::CallbackInfo& info) {
  const gpu::Listing listing = gpu::list_gpus();
  auto gpus = Napi::Array::New(info.Env());
  for (size_t i = 0; i < listing.gpus.size(); ++i)
    gpus.Set(static_cast<uint32_t>(i), to_js(info.Env(), listing.gpus[i]));
  auto object = Napi::Object::New(info.Env());
  object.Set("driverVersion", listing.driver_version);
  object.Set("runtimeVersion", listing.runtime_version);
  object.Set("failure", listing.failure);
  object.Set("gpus", gpus);
  return object;
}

Napi::Value to_js(Napi::Env env, gpu::Trial trial, const std::string& failure) {
  auto object = Napi::Object::New(env);
  object.Set("kernelIsRight", Napi::Boolean::New(env, trial.kernel_is_right));
  object.Set("productIsRight", Napi::Boolean::New(env, trial.product_is_right));
  object.Set("failure", failure);
  return object;
}

Napi::Value try_gpu(const Napi::CallbackInfo& info) {
  try {
    return to_js(info.Env(), gpu::try_gpu(), "");
  } catch (const std::exception& error) {
    return to_js(info.Env(), {}, error.what());
  }
}

Napi::Value try_cublas_lt(const Napi::CallbackInfo& info) {
  const std::string file = info[0].As<Napi::String>();
  gpu::LibraryTrial trial;
  std::string failure;
  try {
    trial = gpu::try_cublas_lt(file.c_str());
  } catch (const std::exception& error) {
    failure = error.what();
  }
  auto object = Napi::Object::New(info.Env());
  object.Set("version", trial.version);
  object.Set("productIsRight", trial.product_is_right);
  object.Set("failure", failure);
  return object;
}

void multiply_by_cublas_lt(const Napi::CallbackInfo& info) {
  const std::string file = info[0].As<Napi::String>();
  try {
    use_cublas_lt(file.c_str());
  } catch (const std::exception& error) {
    throw Napi::Error::New(info.Env(), error.what());
  }
}

}  // namespace

std::unique_ptr<Ops> make_engine_ops(int) { return make_cuda_ops(activations_wanted()); }

void export_devices(Napi::Env env, Napi::Object exports) {
  exports.Set("listGpus", Napi::Function::New(env, list_gpus));
  exports.Set("tryGpu", Napi::Function::New(env, try_gpu));
  exports.Set("tryCublasLt", Napi::Function::New(env, try_cublas_lt));
  exports.Set("useCublasLt", Napi::Function::New(env, multiply_by_cublas_lt));
}

}  // namespace adapter_lab
