// How much memory a new allocation may hope for.
#pragma once
#include <cstddef>

namespace adapter_lab {

/** What the machine and the process's control group have left, in bytes; the largest size_t where it is unknown. */
size_t available_memory_bytes();
/** Of the machine; 0 where it is unknown. */
size_t machine_memory_bytes();

}  // namespace adapter_lab
