#include "cuda/emulation/lost_device.h"

#include <atomic>
#include <cstdlib>

#include "core/error.h"

namespace adapter_lab::emulation {

void fail_if_lost(const char* name) {
  static const char* const wanted = std::getenv("ADAPTER_LAB_LOSE_GPU");
  static const long last = wanted ? std::atol(wanted) : 0;
  static std::atomic<long> launches = 0;
  if (last > 0 && ++launches >= last) throw Error("gpu-failed", name, "cudaErrorLaunchFailure");
}

}  // namespace adapter_lab::emulation
