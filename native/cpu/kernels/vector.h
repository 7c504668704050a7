// One vector register of floats at this level, for the few kernels that compilers do not vectorise well by themselves.
#pragma once
#include <stdint.h>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

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
static inline Vector load(const void* from) {
  Vector vector;
  __builtin_memcpy(&vector, from, sizeof vector);
  return vector;
}
static inline void store(float* to, Vector vector) { __builtin_memcpy(to, &vector, sizeof vector); }

/** The first `count` lanes alone, at least one; the others are 0, and their memory is not touched. */
#if defined(__AVX512F__)
static inline Vector load_first(const float* from, int64_t count) {
  return (Vector)_mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), from);
}
static inline void store_first(float* to, Vector vector, int64_t count) {
  _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1u << count) - 1), (__m512)vector);
}
#elif defined(__AVX2__)
static inline __m256i first_lanes(int64_t count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
static inline Vector load_first(const float* from, int64_t count) {
  return (Vector)_mm256_maskload_ps(from, first_lanes(count));
}
static inline void store_first(float* to, Vector vector, int64_t count) {
  _mm256_maskstore_ps(to, first_lanes(count), (__m256)vector);
}
#else
static inline Vector load_first(const float* from, int64_t count) {
  Vector vector = {};
  for (int64_t i = 0; i < count; ++i) vector[i] = from[i];
  return vector;
}
static inline void store_first(float* to, Vector vector, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = vector[i];
}
#endif

/** a b + c, rounded once where the processor can. Of the plain expression compilers round some copies twice. */
static inline Vector multiply_add(Vector a, Vector b, Vector c) {
#if defined(__AVX512F__)
  return (Vector)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__FMA__)
  return (Vector)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(__aarch64__)
  for (int lane = 0; lane < kLanes; ++lane) c[lane] = __builtin_fmaf(a[lane], b[lane], c[lane]);
  return c;
#else
  return a * b + c;
#endif
}

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
