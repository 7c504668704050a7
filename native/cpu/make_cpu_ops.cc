// The door to this backend.
#include "core/usable_cores.h"
#include "cpu/cpu_ops.h"

namespace adapter_lab {

std::unique_ptr<Ops> make_cpu_ops(int threads) {
  return std::make_unique<CpuOps>(threads > 0 ? threads : usable_cores());
}

}  // namespace adapter_lab
