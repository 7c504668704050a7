// One vector register of floats at this level, for the few kernels that compilers do not vectorise well by themselves.
#pragma once
#include <stdint.h>

namespace adapter_lab::ADAPTER_LAB_LEVEL {

#if defined(__AVX512F__)
constexpr int kVectorBytes = 64;
#elif defined(__AVX__)
constexpr int kVectorBytes = 32;
#else
constexpr int kVectorBytes = 16;
#endif
constexpr int kLanes = kVectorBytes / 4;

typedef float Vector __attribute__((vector_size(kVectorBytes)));
typedef int32_t IntVector __attribute__((vector_size(kVectorBytes)));
typedef uint32_t UintVector __attribute__((vector_size(kVectorBytes)));

// Rows need not be aligned: a fixed-size memcpy is one unaligned move.
static inline Vector load(const float* from) {
  Vector vector;
  __builtin_memcpy(&vector, from, sizeof vector);
  return vector;
}
static inline void store(float* to, Vector vector) { __builtin_memcpy(to, &vector, sizeof vector); }

/** The chosen lanes of a and, from kLanes on, of b. */
template <int... Lane>
static inline Vector chosen_lanes(Vector a, Vector b) {
#if defined(__clang__)
  return __builtin_shufflevector(a, b, Lane...);
#else
  // GCC knows clang's name for it from version 12 on.
  return __builtin_shuffle(a, b, IntVector{Lane...});
#endif
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
