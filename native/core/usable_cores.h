// How many threads are worth starting.
#pragma once

namespace adapter_lab {

/** Physical cores this process may run on: its CPU affinity without second hyper-threads, capped by the
 *  control group's quota. At least 1. */
int usable_cores();

}  // namespace adapter_lab
