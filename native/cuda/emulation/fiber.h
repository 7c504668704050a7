// A function with a stack of its own that may stop in its middle: one thread of an emulated block.
#pragma once
#include <memory>

namespace adapter_lab::emulation {

class Fiber {
 public:
  /** `body` runs whenever the fiber is started. */
  explicit Fiber(void (*body)());
  Fiber(Fiber&&) noexcept;
  ~Fiber();

  /** Begins `body`, wherever it was. Returns when it yields or ends. */
  void start();
  /** Goes on where body yielded. Returns when it yields again or ends. */
  void resume();
  /** To be called by `body`. */
  void yield();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace adapter_lab::emulation
