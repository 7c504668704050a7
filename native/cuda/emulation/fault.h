// A kernel did what a GPU would not forgive.
#pragma once
#include <stdexcept>

#include "cuda/emulation/location.h"

namespace adapter_lab::emulation {

class Fault : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/** Throws a Fault that names the place. */
[[noreturn]] void fail(const std::string& what, const Location& at);
[[noreturn]] void fail_outside(const Index& index, int64_t count);

}  // namespace adapter_lab::emulation
