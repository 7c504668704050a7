// oneDNN's matrix product on the calling thread alone.
#pragma once
#include <cstdint>

namespace adapter_lab {

/** A row-major operand: rows lie `stride` floats apart; it is transposed if told. */
struct Operand {
  const float* data;
  int64_t stride;
  bool transposed = false;
};

/** c (m,n), rows c_stride apart, = alpha op(a) op(b) + beta c; op(a) is (m,k), op(b) is (k,n). */
void sgemm(float* c, int64_t c_stride, Operand a, Operand b, int64_t m, int64_t n, int64_t k, float alpha, float beta);

}  // namespace adapter_lab
