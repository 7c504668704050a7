// What tests may set of the emulated device.
#pragma once
#include <cstddef>

namespace adapter_lab::emulation {

/** The device has so much memory; 0: as ADAPTER_LAB_DEVICE_MEMORY says in MB, or as much as the machine. What is
 *  allocated stays. */
void limit_memory(size_t size_bytes);

}  // namespace adapter_lab::emulation
