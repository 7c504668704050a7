// On x86-64 a switch saves registers and the stack pointer alone; swapcontext would call the system each time. The
// address sanitizer is told of every change of stack.
#include "cuda/emulation/fiber.h"

#include <ucontext.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#ifdef __x86_64__
// adapter_lab_switch(save, load): the callee's registers go on this stack and its pointer to *save; the same backwards
// from load.
extern "C" void adapter_lab_switch(void** save, void* load);
__asm__(R"(
.text
.globl adapter_lab_switch
.hidden adapter_lab_switch
.type adapter_lab_switch, @function
adapter_lab_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size adapter_lab_switch, .-adapter_lab_switch
)");
#endif

namespace adapter_lab::emulation {
namespace {

constexpr size_t kStackBytes = size_t{64} << 10;

/** One side of a switch. */
struct Place {
#ifdef __x86_64__
  void* pointer = nullptr;
#else
  ucontext_t context;
#endif
  const void* stack = nullptr;
  size_t stack_bytes = 0;
};

void jump(Place& from, Place& to, bool is_last) {
#ifdef __SANITIZE_ADDRESS__
  void* kept = nullptr;
  __sanitizer_start_switch_fiber(is_last ? nullptr : &kept, to.stack, to.stack_bytes);
#endif
  (void)is_last;
#ifdef __x86_64__
  adapter_lab_switch(&from.pointer, to.pointer);
#else
  swapcontext(&from.context, &to.context);
#endif
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_finish_switch_fiber(kept, nullptr, nullptr);
#endif
}

}  // namespace

struct Fiber::Context {
  explicit Context(void (*body)()) : body(body), stack(kStackBytes) {}

  void (*body)();
  std::vector<std::byte> stack;
  Place own;
  Place caller;
  bool is_in_its_middle = false;

  static void run();
};

namespace {

void* entering = nullptr;  // the context that a new stack belongs to, which has no parameters

}  // namespace

void Fiber::Context::run() {
  auto& context = *static_cast<Context*>(entering);
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_finish_switch_fiber(nullptr, &context.caller.stack, &context.caller.stack_bytes);
#endif
  context.body();
  context.is_in_its_middle = false;
  jump(context.own, context.caller, true);
}

Fiber::Fiber(void (*body)()) : context_(std::make_unique<Context>(body)) {}
Fiber::Fiber(Fiber&&) noexcept = default;
Fiber::~Fiber() = default;

void Fiber::start() {
  Context& context = *context_;
  context.own.stack = context.stack.data();
  context.own.stack_bytes = context.stack.size();
#ifdef __SANITIZE_ADDRESS__
  // The frames of what was left in its middle are still marked.
  if (context.is_in_its_middle) __asan_unpoison_memory_region(context.stack.data(), context.stack.size());
#endif
#ifdef __x86_64__
  // As adapter_lab_switch leaves a stack: six registers, then where to return to; 16-byte alignment as after a call.
  auto top = reinterpret_cast<uintptr_t>(context.stack.data() + context.stack.size()) / 64 * 64;
  auto* word = reinterpret_cast<void**>(top);
  *--word = nullptr;
  *--word = reinterpret_cast<void*>(&Context::run);
  for (int i = 0; i < 6; ++i) *--word = nullptr;
  context.own.pointer = word;
#else
  getcontext(&context.own.context);
  context.own.context.uc_stack = {context.stack.data(), 0, context.stack.size()};
  context.own.context.uc_link = nullptr;
  makecontext(&context.own.context, &Context::run, 0);
#endif
  context.is_in_its_middle = true;
  entering = &context;
  jump(context.caller, context.own, false);
}

void Fiber::resume() { jump(context_->caller, context_->own, false); }
void Fiber::yield() { jump(context_->own, context_->caller, false); }

}  // namespace adapter_lab::emulation
