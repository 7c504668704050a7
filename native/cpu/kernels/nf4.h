// NormalFloat codes to floats and back. A block's scaled code book stays in registers; a code picks from it.
#pragma once
#include <stdint.h>

#include "cpu/kernels/kernels.h"
#include "cpu/kernels/nf4_values.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace adapter_lab::ADAPTER_LAB_LEVEL {

static inline float nf4_value(const uint8_t* codes, int64_t index, float scale) {
  const uint8_t pair = codes[index >> 1];
  return kNf4Values[index & 1 ? pair & 15 : pair >> 4] * scale;
}

#if defined(__AVX512F__)
constexpr int64_t kNf4Pairs = 16;
/** y (32) is set from 16 bytes. */
static inline void nf4_pairs(float* y, const uint8_t* codes, __m512 book) {
  const __m512i pairs = _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(codes)));
  // A permutation looks at the lower four bits alone.
  const __m512 even = _mm512_permutexvar_ps(_mm512_srli_epi32(pairs, 4), book);
  const __m512 odd = _mm512_permutexvar_ps(pairs, book);
  const __m512i low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const __m512i high = _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  _mm512_storeu_ps(y, _mm512_permutex2var_ps(even, low, odd));
  _mm512_storeu_ps(y + 16, _mm512_permutex2var_ps(even, high, odd));
}
#elif defined(__AVX2__)
constexpr int64_t kNf4Pairs = 8;
/** Picks by the lower three bits of `index` from one half of the book, by the sign of `side` which half. */
static inline __m256 nf4_pick(__m256 low, __m256 high, __m256i index, __m256i side) {
  return _mm256_blendv_ps(_mm256_permutevar8x32_ps(low, index), _mm256_permutevar8x32_ps(high, index),
                          _mm256_castsi256_ps(side));
}
/** y (16) is set from 8 bytes. */
static inline void nf4_pairs(float* y, const uint8_t* codes, __m256 low, __m256 high) {
  const __m256i pairs = _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(codes)));
  const __m256 even = nf4_pick(low, high, _mm256_srli_epi32(pairs, 4), _mm256_slli_epi32(pairs, 24));
  const __m256 odd = nf4_pick(low, high, pairs, _mm256_slli_epi32(pairs, 28));
  const __m256 first = _mm256_unpacklo_ps(even, odd);
  const __m256 second = _mm256_unpackhi_ps(even, odd);
  _mm256_storeu_ps(y, _mm256_permute2f128_ps(first, second, 0x20));
  _mm256_storeu_ps(y + 8, _mm256_permute2f128_ps(first, second, 0x31));
}
#endif

/** y (n) is set to elements [first, first + n), all of one block. */
static inline void from_nf4_block(float* y, const uint8_t* codes, int64_t first, float scale, int64_t n) {
  int64_t i = 0;
  if (first & 1) {
    y[0] = nf4_value(codes, first, scale);
    i = 1;
  }
#if defined(__AVX512F__)
  const __m512 book = _mm512_mul_ps(_mm512_load_ps(kNf4Values), _mm512_set1_ps(scale));
  for (; i + 2 * kNf4Pairs <= n; i += 2 * kNf4Pairs) nf4_pairs(y + i, codes + ((first + i) >> 1), book);
#elif defined(__AVX2__)
  const __m256 low = _mm256_mul_ps(_mm256_load_ps(kNf4Values), _mm256_set1_ps(scale));
  const __m256 high = _mm256_mul_ps(_mm256_load_ps(kNf4Values + 8), _mm256_set1_ps(scale));
  for (; i + 2 * kNf4Pairs <= n; i += 2 * kNf4Pairs) nf4_pairs(y + i, codes + ((first + i) >> 1), low, high);
#else
  for (; i + 2 <= n; i += 2) {
    const uint8_t pair = codes[(first + i) >> 1];
    y[i] = kNf4Values[pair >> 4] * scale;
    y[i + 1] = kNf4Values[pair & 15] * scale;
  }
#endif
  for (; i < n; ++i) y[i] = nf4_value(codes, first + i, scale);
}

static void from_nf4(float* y, Nf4View x, int64_t n) {
  const Nf4& matrix = *x.matrix;
  const int64_t block_size = int64_t{1} << matrix.block_shift;
  for (int64_t done = 0; done < n;) {
    const int64_t at = x.first + done;
    const int64_t left = block_size - (at & (block_size - 1));
    const int64_t count = left < n - done ? left : n - done;
    from_nf4_block(y + done, matrix.codes, at, nf4_scale(matrix, at >> matrix.block_shift), count);
    done += count;
  }
}

/** codes ((n + 1) / 2) are set: for each of x the nearest value of the book, the lower one of two equally near. */
static void to_nf4(uint8_t* codes, const float* x, float factor, int64_t n) {
  constexpr int64_t kRun = 64;
  for (int64_t first = 0; first < n; first += kRun) {
    const int64_t count = n - first < kRun ? n - first : kRun;
    // An odd end is filled up with a zero.
    int32_t nearest[kRun + 1];
    nearest[count] = 7;
#pragma omp simd
    for (int64_t i = 0; i < count; ++i) {
      const float scaled = x[first + i] * factor;
      int32_t code = 0;
      for (int bound = 0; bound < 15; ++bound) code += scaled > (kNf4Values[bound] + kNf4Values[bound + 1]) / 2.0f;
      nearest[i] = code;
    }
    for (int64_t i = 0; i < count; i += 2)
      codes[(first + i) >> 1] = static_cast<uint8_t>(nearest[i] << 4 | nearest[i + 1]);
  }
}

}  // namespace adapter_lab::ADAPTER_LAB_LEVEL
