// Chooses the row kernels once, by what the processor and the operating system support.
#include "cpu/select_kernels.h"

#include <string_view>

#include "core/processor.h"

namespace adapter_lab {

namespace baseline {
extern const Kernels kernels;
}

#if defined(__x86_64__)
namespace avx2 {
extern const Kernels kernels;
}
namespace avx512 {
extern const Kernels kernels;
}
#endif

std::span<const Kernels* const> usable_kernels() {
#if defined(__x86_64__)
  static constexpr const Kernels* kAll[] = {&baseline::kernels, &avx2::kernels, &avx512::kernels};
#else
  static constexpr const Kernels* kAll[] = {&baseline::kernels};
#endif
  const std::string_view best = processor_instructions();
  size_t count = 1;
  while (count < std::size(kAll) && kAll[count - 1]->name != best) ++count;
  return std::span(kAll).first(count);
}

const Kernels& select_kernels() { return *usable_kernels().back(); }

}  // namespace adapter_lab
