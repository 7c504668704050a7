// Which backend engines run on: each binary has its own.
#pragma once
#include <napi.h>

#include <memory>

#include "ops/ops.h"

namespace adapter_lab {

std::unique_ptr<Ops> make_engine_ops(int threads);
/** listGpus, tryGpu, tryCublasLt and useCublasLt, of binaries that compute on GPUs. */
void export_devices(Napi::Env env, Napi::Object exports);

}  // namespace adapter_lab
