// Where in a kernel's source something happens.
#pragma once
#include <cstdint>
#include <source_location>
#include <string>
#include <type_traits>

namespace adapter_lab::emulation {

using Location = std::source_location;

/** "attention_forward.cu:41" */
std::string name_of(const Location& at);

/** An index that knows where it was written: `shared[i]` makes one. */
struct Index {
  template <class Integer, class = std::enable_if_t<std::is_integral_v<Integer>>>
  Index(Integer value, Location at = Location::current()) : value(static_cast<int64_t>(value)), at(at) {}
  int64_t value;
  Location at;
};

}  // namespace adapter_lab::emulation
