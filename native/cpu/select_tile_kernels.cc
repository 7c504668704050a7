// Whether this processor has AMX's tiles for bf16, and the system lets the process use them: Linux asks to be asked.
#include "cpu/kernels/tiles.h"

#ifdef ADAPTER_LAB_AMX
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace adapter_lab::tiles {

#ifdef ADAPTER_LAB_AMX

namespace amx {
extern const Kernels kernels;
}

namespace {

/** Of CPUID's leaf 7. */
constexpr unsigned kAmxBf16 = 1u << 22, kAmxTile = 1u << 24;  // edx
constexpr unsigned kAvx512Bf16 = 1u << 5;                    // eax of its second part

bool has_units() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d & (kAmxBf16 | kAmxTile)) != (kAmxBf16 | kAmxTile)) return false;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & kAvx512Bf16) != 0 && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

/** The system refuses where a thread's stack for signals could not hold the tiles. */
bool may_use_tiles() {
  constexpr long kAskForState = 0x1023, kTileData = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, kAskForState, kTileData) == 0;
}

}  // namespace

const Kernels* select_kernels() {
  static const Kernels* const selected = has_units() && may_use_tiles() ? &amx::kernels : nullptr;
  return selected;
}

#else

const Kernels* select_kernels() { return nullptr; }

#endif

}  // namespace adapter_lab::tiles
