// Weights that stay half floats: every operation that reads them gives the bits that it gives for the same numbers in
// f32.
#include <array>

#include "narrow_weights.h"

namespace adapter_lab::test {
namespace {

/** The same weights as half floats and, in f32, as the backend widens them. */
struct Weights {
  Weights(Test& test, int64_t rows, int64_t cols, DType dtype)
      : memory(test.ops().allocate(static_cast<size_t>(rows * cols) * 2, "half floats")),
        narrow(memory.data(), rows, cols, dtype),
        wide(test.output_f32(rows, cols)) {
    std::vector<uint16_t> bits(static_cast<size_t>(rows * cols));
    // Signs and exponents around 1, any mantissa.
    for (uint16_t& one : bits) {
      const auto sign = static_cast<uint32_t>(test.random_below(2)) << 15;
      const auto low = static_cast<uint32_t>(test.random_below(1 << 11));
      const uint32_t base = dtype == DType::bf16 ? 0x3c00u : 0x2800u;
      one = static_cast<uint16_t>(sign | (base + low));
    }
    test.ops().upload(narrow, bits.data(), dtype);
    test.ops().upload(wide, bits.data(), dtype);
  }
  Buffer memory;
  Tensor narrow;
  Tensor wide;
};

const Case half_weights("row_product", [](Test& test) {
  Ops& ops = test.ops();
  for (const DType dtype : {DType::bf16, DType::f16}) {
    for (const auto& [m, n, k] :
         {std::array<int64_t, 3>{1, 1, 1}, {2, 9, 31}, {5, 101, 48}, {70, 33, 129}, {4, 20, 1537}}) {
      const Weights weights(test, n, k, dtype);
      test.expect(test.read(weights.wide).largest() > 0.0, "the weights are zero");
      const Tensor x = test.input(test.random(m, k));
      for (const bool accumulate : {false, true})
        expect_same(test, m, n, weights, "row_product",
                    [&](Tensor y, Tensor w) { ops.row_product(y, x, w, 0.5f, accumulate); });
      for (const bool transpose : {true, false}) {
        const Tensor a = test.input(test.random(m, transpose ? k : n));
        expect_same(test, m, transpose ? n : k, weights, "gemm",
                    [&](Tensor y, Tensor w) { ops.gemm(y, a, false, w, transpose, 0.5f, 0.0f); });
      }
      expect_same(test, n, k, weights, "copy", [&](Tensor y, Tensor w) { ops.copy(y, w); });
      expect_same(test, 1, n, weights, "row_squares", [&](Tensor y, Tensor w) { ops.row_squares(y, w); });
      const std::vector<int32_t> ids{0, static_cast<int32_t>(n - 1), static_cast<int32_t>(n / 2)};
      expect_same(test, 3, k, weights, "embedding_forward",
                  [&](Tensor y, Tensor w) { ops.embedding_forward(y, w, ids.data()); });
      const Tensor delta = test.input_f32(test.random(n, k, 0.1));
      expect_same(test, 2, n, weights, "row_changes", [&](Tensor y, Tensor w) {
        ops.copy(y, test.input_f32(changes_of_rows(test, w, delta)));
      });
    }
  }
});

const Case half_products("weight_product", [](Test& test) {
  for (const DType dtype : {DType::bf16, DType::f16})
    for (const auto& [rows, cols, lines] : kWeightProducts)
      expect_weight_product(test, Weights(test, rows, cols, dtype), lines);
});

}  // namespace
}  // namespace adapter_lab::test
