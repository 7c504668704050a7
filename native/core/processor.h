// What the machine's processor is.
#pragma once
#include <string>

namespace adapter_lab {

/** As the system names it; "processor" when it does not. */
std::string processor_name();
/** The best instruction set kernels are chosen for: "avx512", "avx2" or "baseline". */
const char* processor_instructions();

}  // namespace adapter_lab
