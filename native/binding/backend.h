// Which backend engines run on: each binary has its own.
#pragma once
#include <memory>

#include "ops/ops.h"

namespace adapter_lab {

std::unique_ptr<Ops> make_engine_ops(int threads);

}  // namespace adapter_lab
