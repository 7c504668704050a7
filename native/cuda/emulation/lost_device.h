// A GPU that fails in the middle of its work, for tests of what is made of it.
#pragma once

namespace adapter_lab::emulation {

/** With ADAPTER_LAB_LOSE_GPU=N, launch N of the process and all after it throw what a lost GPU does. */
void fail_if_lost(const char* name);

}  // namespace adapter_lab::emulation
