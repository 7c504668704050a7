#include "binding/backend.h"

namespace adapter_lab {

std::unique_ptr<Ops> make_engine_ops(int threads) { return make_cpu_ops(threads); }

void export_devices(Napi::Env, Napi::Object) {}

}  // namespace adapter_lab
