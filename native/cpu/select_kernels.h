// The tables of row kernels that this processor can run.
#pragma once
#include <span>

#include "cpu/kernels/kernels.h"

namespace adapter_lab {

/** From the plainest to the best. */
std::span<const Kernels* const> usable_kernels();

/** The best. */
const Kernels& select_kernels();

}  // namespace adapter_lab
