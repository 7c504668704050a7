// Numbers in 8 bits: codes into a map of 256 values, times the scale of their block.
#pragma once
#include <stddef.h>

#include "cpu/kernels/kernels.h"
#include "cpu/kernels/vector.h"

namespace adapter_lab::ADAPTER_LAB_LEVEL {

static void from_8bit(float* y, const uint8_t* codes, const float* map, float scale, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) y[i] = map[codes[i]] * scale;
}

/** slope x + offset */
struct CodeLine {
  float slope;
  float offset;
};
constexpr int kCodeLines = 8;

// bitsandbytes finds codes in a table of 65,536 places from -1 to 1. As steps of the map widen with the distance from
// zero, the code is the lowest of some lines, rounded down: about one for each decade and one for each border between
// two. Each has the widest margin at all places (test/golden/generate/moment_lines.py); the native tests compare all of
// them.
static constexpr CodeLine kSignedLines[kCodeLines] = {
    {1.0f, 4.0f},
    {0.27272728f, 7.090909f},
    {0.06666667f, 13.6f},
    {0.05421687f, 14.228915f},
    {0.013513514f, 27.324324f},
    {0.010850943f, 28.444317f},
    {0.0027100272f, 54.86992f},
    {0.0021701714f, 56.888874f},
};
static constexpr CodeLine kUnsignedLines[kCodeLines] = {
    {2.3333333f, 6.6666665f},  {0.53846157f, 13.307693f},  {0.14285715f, 26.0f},         {0.108490564f, 27.448112f},
    {0.027027028f, 53.89189f}, {0.021701885f, 55.888348f}, {0.0054347827f, 108.940216f}, {0.0043403427f, 112.77778f},
};
// From these places on it is 255, the map's 1, to which the last step is a shorter one.
constexpr int32_t kSignedOne = 65420;
constexpr int32_t kUnsignedOne = 65478;
constexpr float kMiddlePlace = 32767.5f;
constexpr int32_t kSignedZero = 127;

typedef int32_t Whole __attribute__((vector_size(kVectorBytes)));

/** The lowest of the lines at a place's distance from the middle, rounded down. */
static inline Whole steps_from_zero(const CodeLine* lines, Vector distance) {
  Vector least = distance * lines[0].slope + lines[0].offset;
#pragma GCC unroll 8
  for (int line = 1; line < kCodeLines; ++line) {
    const Vector own = distance * lines[line].slope + lines[line].offset;
    least = own < least ? own : least;
  }
  return __builtin_convertvector(least, Whole);
}

/** Codes of x / largest, whose last bits alone count; a number that is none takes the first place. Where 1 / largest is
 *  infinite, below 2^-128, all that is not zero takes the last or the first, as bitsandbytes has it. */
template <bool kHasSigns>
static inline Whole codes_of(Vector x, float inverse) {
  const Vector lowest = Vector{} - 1.0f;
  const Vector highest = Vector{} + 1.0f;
  Vector part = x * inverse;
  part = part > lowest ? part : lowest;
  part = part < highest ? part : highest;
  const Whole place = __builtin_convertvector((part + 1.0f) * kMiddlePlace + 0.5f, Whole);
  const Whole from_middle = (Whole)(__builtin_convertvector(place, Vector) - kMiddlePlace);
  const Whole below = from_middle >> 31;  // all bits or none
  const Vector distance = (Vector)(from_middle & 0x7fffffff);
  if (kHasSigns) {
    const Whole steps = steps_from_zero(kSignedLines, distance);
    return (kSignedZero + ((steps ^ below) - below)) | (place >= kSignedOne);
  }
  return (steps_from_zero(kUnsignedLines, distance) & ~below) | (place >= kUnsignedOne);
}

/** Of at most a block. */
template <bool kHasSigns>
static inline void to_codes(uint8_t* codes, const float* x, float inverse, int64_t n) {
  int32_t wide[kMomentBlock];
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const Whole own = codes_of<kHasSigns>(load(x + i), inverse);
    __builtin_memcpy(wide + i, &own, sizeof own);
  }
  if (i < n) {
    Vector rest = {};
    __builtin_memcpy(&rest, x + i, (size_t)(n - i) * sizeof(float));
    const Whole own = codes_of<kHasSigns>(rest, inverse);
    __builtin_memcpy(wide + i, &own, (size_t)(n - i) * sizeof(int32_t));
  }
  // Compilers narrow a whole array well, a single vector badly.
#pragma omp simd
  for (int64_t j = 0; j < n; ++j) codes[j] = (uint8_t)wide[j];
}

static float to_8bit(uint8_t* codes, const float* x, bool has_signs, int64_t n) {
  float largest = 0.0f;
#pragma omp simd reduction(max : largest)
  for (int64_t i = 0; i < n; ++i) {
    const float size = x[i] < 0.0f ? -x[i] : x[i];
    largest = size > largest ? size : largest;
  }
  if (!(largest > 0.0f)) {
    for (int64_t i = 0; i < n; ++i) codes[i] = 0;
    return 0.0f;
  }
  if (has_signs)
    to_codes<true>(codes, x, 1.0f / largest, n);
  else
    to_codes<false>(codes, x, 1.0f / largest, n);
  return largest;
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
