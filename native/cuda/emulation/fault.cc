#include "cuda/emulation/fault.h"

namespace adapter_lab::emulation {

std::string name_of(const Location& at) {
  const std::string path = at.file_name();
  return path.substr(path.find_last_of('/') + 1) + ":" + std::to_string(at.line());
}

void fail(const std::string& what, const Location& at) { throw Fault(name_of(at) + ": " + what); }

void fail_outside(const Index& index, int64_t count) {
  fail("element " + std::to_string(index.value) + " of a shared array of " + std::to_string(count), index.at);
}

}  // namespace adapter_lab::emulation
