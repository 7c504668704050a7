// The emulated device's queues of work. What is begun in the main one is done at once; copies of the other one are done
// as late as a GPU may do them, so that who does not wait for them finds old memory. Pinned memory that changes before
// its copy was awaited is a Fault, and so is a copy into memory that earlier work may still use.
#pragma once

namespace adapter_lab::emulation {

/** Something was begun in the main queue. */
void note_main_work();

}  // namespace adapter_lab::emulation
