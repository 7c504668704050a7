// What a fresh adapter begins with, as PEFT defines it; the numbers are our counted ones.
#pragma once
#include <cstdint>
#include <vector>

#include "core/random.h"

namespace adapter_lab {

/** kDefault: A uniform in +-1/sqrt(in), B zero. kGaussian: A normal of deviation 1/rank, B zero. kOrthogonal: A and B
 *  of random rows of one orthogonal matrix, so that B A is zero though neither is; the rank is even. */
enum class Initial : uint8_t { kDefault, kGaussian, kOrthogonal };

struct InitialPair {
  std::vector<float> a;  // (rank, in)
  std::vector<float> b;  // (out, rank)
};

std::vector<float> uniform_values(int64_t count, float bound, Random& random);
std::vector<float> normal_values(int64_t count, float deviation, Random& random);
InitialPair initial_pair(Initial initial, int64_t rank, int64_t in, int64_t out, Random& random);

}  // namespace adapter_lab
