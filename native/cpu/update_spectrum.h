// Singular values and directions of an update s B A, which is never formed: with Q R of B and of A^T they are those of
// the small matrix s R R'^T, turned back. In double precision, and small values keep their digits.
#pragma once
#include <cstdint>
#include <vector>

namespace adapter_lab {

struct UpdateFactors {
  int64_t rank, in, out;
  double scale;
  std::vector<float> a;  // (rank, in)
  std::vector<float> b;  // (out, rank)
};

struct UpdateSpectrum {
  std::vector<double> values;  // (least of rank, in and out), the largest first
  std::vector<double> left;    // (n, out): unit directions of the output, of the first n values
  std::vector<double> right;   // (n, in): of the input
};

/** Directions of at most `most` values: those above rounding, which is 1e-10 of the largest. */
UpdateSpectrum update_spectrum(const UpdateFactors& factors, int64_t most);

}  // namespace adapter_lab
