// The principal directions of weights with known singular values.
#include "adapters/principal_pair.h"

#include "harness.h"

namespace adapter_lab::test {
namespace {

/** Rows made orthonormal in double. */
Matrix orthonormal(Test& test, int64_t count, int64_t length) {
  Matrix q = test.random(count, length);
  for (int64_t i = 0; i < count; ++i)
    for (int pass = 0; pass < 2; ++pass) {
      for (int64_t j = 0; j < i; ++j) {
        double part = 0;
        for (int64_t k = 0; k < length; ++k) part += q(i, k) * q(j, k);
        for (int64_t k = 0; k < length; ++k) q(i, k) -= part * q(j, k);
      }
      double squares = 0;
      for (int64_t k = 0; k < length; ++k) squares += q(i, k) * q(i, k);
      for (int64_t k = 0; k < length; ++k) q(i, k) /= std::sqrt(squares);
    }
  return q;
}

const Case principal("principal_pair", [](Test& test) {
  struct Shape {
    int64_t out, in, rank;
    double decay;
    int64_t full;  // its own rank
  };
  // Small values want the weight itself (the fifth); nothing is left for some directions, or for all, of the last two.
  for (const Shape& shape : {Shape{1, 33, 1, 1.0, 1},
                             {33, 20, 4, 0.8, 20},
                             {200, 140, 8, 0.97, 140},
                             {140, 200, 8, 0.9, 140},
                             {150, 100, 16, 0.8, 100},
                             {50, 70, 4, 0.9, 3},
                             {50, 70, 4, 0.9, 0}}) {
    const int64_t n = std::min(shape.out, shape.in);
    const Matrix u = orthonormal(test, n, shape.out);
    const Matrix v = orthonormal(test, n, shape.in);
    Matrix weight(shape.out, shape.in);
    Matrix best(shape.out, shape.in);
    std::vector<double> sigma;
    for (int64_t i = 0; i < n; ++i) sigma.push_back(i < shape.full ? 3.0 * std::pow(shape.decay, i) : 0.0);
    for (int64_t r = 0; r < shape.out; ++r)
      for (int64_t c = 0; c < shape.in; ++c)
        for (int64_t i = 0; i < n; ++i) {
          const double part = sigma[static_cast<size_t>(i)] * u(i, r) * v(i, c);
          weight(r, c) += part;
          if (i < shape.rank) best(r, c) += part;
        }
    const Tensor a = test.output_f32(shape.rank, shape.in);
    const Tensor b = test.output_f32(shape.out, shape.rank);
    const Tensor w = test.input_f32(weight);
    principal_pair(test.ops(), a, b, w, 2.0f, 7);
    const Matrix rows = test.read(a);
    const Matrix columns = test.read(b);
    principal_pair(test.ops(), a, b, w, 2.0f, 7);
    test.expect_near(test.read(a), rows, "the same bits again", 0.0);
    for (int64_t i = 0; i < shape.rank; ++i) {
      double squares = 0;
      for (int64_t c = 0; c < shape.in; ++c) squares += rows(i, c) * rows(i, c);
      const double value = sigma[static_cast<size_t>(i)];
      test.expect(std::fabs(2.0 * squares - value) < (value > 0.0 ? 2e-6 * value : 1e-6), "singular value");
    }
    // The last wanted direction is as close to the next one as the values are: 3 percent at worst.
    test.expect_near(product(columns, false, rows, false, 2.0), best, "best approximation", 5e-5);
  }
});

}  // namespace
}  // namespace adapter_lab::test
