// 4-bit NormalFloat: quantisation against its definition in double, and every operation that reads a quantised matrix
// against the same numbers in f32.
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>

#include "core/nf4_scales.h"
#include "narrow_weights.h"
#include "row_products.h"

namespace adapter_lab::test {
namespace {

constexpr std::array<float, 16> kBook = {
    -1.0f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f, -0.28444138169288635f,
    -0.18477343022823334f, -0.09105003625154495f, 0.0f, 0.07958029955625534f, 0.16093020141124725f,
    0.24611230194568634f, 0.33791524171829224f, 0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1.0f};

constexpr uint8_t kGuard = 0xa5;

/** Codes and scales of a matrix, with guard bytes after them. */
struct Quantized {
  Quantized(Test& test, const std::vector<float>& x, int64_t block_size)
      : codes((x.size() + 1) / 2 + 8, kGuard),
        absmax((x.size() + static_cast<size_t>(block_size) - 1) / static_cast<size_t>(block_size) + 1, 12345.0f) {
    test.ops().quantize_nf4(codes.data(), absmax.data(), x.data(), DType::f32, static_cast<int64_t>(x.size()),
                            block_size);
    test.expect(std::all_of(codes.end() - 8, codes.end(), [](uint8_t byte) { return byte == kGuard; }),
                "codes are written past their end");
    test.expect(absmax.back() == 12345.0f, "absmax is written past its end");
    absmax.pop_back();
  }
  int code(size_t index) const { return index % 2 ? codes[index / 2] & 15 : codes[index / 2] >> 4; }
  std::vector<uint8_t> codes;
  std::vector<float> absmax;
};

std::vector<float> random_floats(Test& test, int64_t count) {
  const Matrix values = test.random(1, count);
  std::vector<float> x(values.values.begin(), values.values.end());
  // Whole blocks of zeros, and one of numbers too small to be inverted.
  for (size_t i = 64; i < std::min<size_t>(x.size(), 128); ++i) x[i] = 0.0f;
  for (size_t i = 128; i < std::min<size_t>(x.size(), 192); ++i) x[i] *= 1e-40f;
  return x;
}

const Case quantisation("quantize_nf4", [](Test& test) {
  for (const int64_t block_size : {32, 64, 4096}) {
    for (const int64_t count : {1, 31, 64, 1001, 8192, 70001}) {
      const std::vector<float> x = random_floats(test, count);
      const Quantized quantized(test, x, block_size);
      for (size_t i = 0; i < x.size(); ++i) {
        const size_t block = i / static_cast<size_t>(block_size);
        const float largest = quantized.absmax[block];
        test.expect(std::fabs(x[i]) <= largest, "absmax is below an element");
        // In double; a number as near to one value as to its neighbour may take either.
        const double scaled = static_cast<double>(x[i]) / std::max(static_cast<double>(largest), 1e-38);
        double nearest = 2.0;
        for (const float value : kBook) nearest = std::min(nearest, std::fabs(scaled - static_cast<double>(value)));
        const double got = std::fabs(scaled - static_cast<double>(kBook[static_cast<size_t>(quantized.code(i))]));
        test.expect(got <= nearest + 1e-6, "a code is not the nearest");
      }
    }
  }
});

const Case as_on_the_cpu("quantize_nf4", [](Test& test) {
  const std::unique_ptr<Ops> cpu = make_cpu_ops(1);
  for (const DType type : {DType::f32, DType::f16, DType::bf16}) {
    for (const int64_t count : {1, 64, 1001, 20000}) {
      // Any bits at all: NaN, infinities and numbers below the smallest normal one among them.
      std::vector<uint32_t> bits(static_cast<size_t>(count));
      for (uint32_t& one : bits) one = static_cast<uint32_t>(test.random_below(int64_t{1} << 32));
      for (size_t i = 0; i < std::min<size_t>(bits.size(), 500); ++i) bits[i] = bits[i] % 64 << (i % 2 ? 26 : 10);
      std::vector<uint8_t> codes(static_cast<size_t>(count + 1) / 2), expected_codes = codes;
      std::vector<float> absmax(static_cast<size_t>(count + 63) / 64), expected_absmax = absmax;
      test.ops().quantize_nf4(codes.data(), absmax.data(), bits.data(), type, count, 64);
      cpu->quantize_nf4(expected_codes.data(), expected_absmax.data(), bits.data(), type, count, 64);
      test.expect(codes == expected_codes, "codes differ from the CPU's");
      test.expect(std::memcmp(absmax.data(), expected_absmax.data(), absmax.size() * sizeof(float)) == 0,
                  "absmax differs from the CPU's");
    }
  }
});

/** Halfway between two values: exactly in a first whole block, whose largest magnitude is 1, then as near as rounding
 *  lets, so that it decides whether a block is multiplied or divided. Zeros come last. */
std::vector<float> halfway(Test& test, int64_t count, int64_t zeros) {
  std::vector<float> x(static_cast<size_t>(count + zeros));
  float largest = 1.0f;
  for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
    const auto bound = static_cast<size_t>(test.random_below(15));
    if (i % 64 == 0 && (i > 0 || count < 64)) largest = 0.01f + static_cast<float>(test.random_below(1000)) / 777.0f;
    x[i] = i % 64 == 0 ? largest : (kBook[bound] + kBook[bound + 1]) / 2.0f * largest;
  }
  return x;
}

const Case ties("quantize_nf4", [](Test& test) {
  const std::unique_ptr<Ops> cpu = make_cpu_ops(1);
  std::vector<std::pair<int64_t, int64_t>> sizes{{64, 0}, {6400, 64}, {6400, 10}};
  sizes.resize(100, {63, 0});  // one shorter block each
  for (const auto& [count, zeros] : sizes) {
    const std::vector<float> x = halfway(test, count, zeros);
    const Quantized got(test, x, 64);
    Quantized expected = got;
    cpu->quantize_nf4(expected.codes.data(), expected.absmax.data(), x.data(), DType::f32, count + zeros, 64);
    test.expect(got.codes == expected.codes, "codes differ from the CPU's");
    test.expect(got.absmax == expected.absmax, "absmax differs from the CPU's");
  }
});

const Case halves("quantize_nf4", [](Test& test) {
  std::vector<uint16_t> bf16(500);
  std::vector<float> wide;
  for (uint16_t& bits : bf16) {
    bits = static_cast<uint16_t>(0x3c00 + test.random_below(1 << 10));
    wide.push_back(std::bit_cast<float>(static_cast<uint32_t>(bits) << 16));
  }
  const Quantized expected(test, wide, 64);
  Quantized got = expected;
  std::fill(got.codes.begin(), got.codes.begin() + 250, uint8_t{0});
  test.ops().quantize_nf4(got.codes.data(), got.absmax.data(), bf16.data(), DType::bf16, 500, 64);
  test.expect(got.codes == expected.codes && got.absmax == expected.absmax, "bf16 differs from the same in f32");
});

/** A random quantised matrix, its scales as they are or 8-bit, and the same numbers in f32. */
struct Weights {
  Weights(Test& test, int64_t rows, int64_t cols, int64_t block_size, bool nested) {
    const Quantized quantized(test, random_floats(test, rows * cols), block_size);
    matrix = {upload(test, quantized.codes),
              std::countr_zero(static_cast<uint64_t>(block_size)),
              nullptr,
              nullptr,
              nullptr,
              nullptr,
              0.0f};
    std::vector<float> scale = quantized.absmax;
    if (nested)
      nest(test, scale);
    else
      matrix.absmax = upload(test, quantized.absmax);
    narrow = Tensor(&matrix, rows, cols, DType::nf4);
    Matrix numbers(rows, cols);
    for (size_t i = 0; i < numbers.values.size(); ++i) {
      const float value = kBook[static_cast<size_t>(quantized.code(i))] * scale[i / static_cast<size_t>(block_size)];
      numbers.values[i] = static_cast<double>(value);
    }
    values = numbers;
    wide = test.input_f32(numbers);
  }
  Nf4 matrix;
  Tensor narrow;
  Matrix values;
  Tensor wide;

 private:
  /** Scales of 8 bits; `scale` is set to what they stand for. */
  void nest(Test& test, std::vector<float>& scale) {
    const std::vector<float> map = dynamic_map();
    const Nf4Scales scales = quantize_scales(scale);
    for (size_t i = 0; i < scale.size(); ++i) {
      const float product = map[scales.codes[i]] * scales.absmax[i / kScalesBlock];
      scale[i] = product + scales.offset;
    }
    matrix.absmax_codes = upload(test, scales.codes);
    matrix.absmax_scales = upload(test, scales.absmax);
    matrix.map = upload(test, map);
    matrix.offset = scales.offset;
  }
  template <class T>
  const T* upload(Test& test, const std::vector<T>& host) {
    const size_t bytes = host.size() * sizeof(T);
    memory.push_back(test.ops().allocate(bytes, "a quantised matrix"));
    test.ops().upload_bytes(memory.back().data(), host.data(), bytes);
    return static_cast<const T*>(memory.back().data());
  }
  std::vector<Buffer> memory;
};

// None is large enough for tile units, which do not give the bits of f32.
constexpr std::array<std::array<int64_t, 3>, 6> kShapes = {
    {{1, 1, 1}, {2, 9, 31}, {5, 101, 48}, {70, 33, 129}, {4, 20, 1537}, {3, 25, 576}}};

const Case readers("row_product", [](Test& test) {
  Ops& ops = test.ops();
  for (const bool nested : {false, true}) {
    for (const auto& [m, n, k] : kShapes) {
      const Weights weights(test, n, k, m == 4 ? 32 : 64, nested);
      const Tensor x = test.input(test.random(m, k));
      for (const bool accumulate : {false, true})
        expect_same(test, m, n, weights, "row_product",
                    [&](Tensor y, Tensor w) { ops.row_product(y, x, w, 0.5f, accumulate); });
      expect_same(test, n, k, weights, "copy", [&](Tensor y, Tensor w) { ops.copy(y, w); });
      // A slice begins inside a block, of odd columns inside a byte.
      const int64_t first = n / 3;
      const int64_t col = k / 5;
      expect_same(test, n - first, k - col, weights, "copy of a part",
                  [&](Tensor y, Tensor w) { ops.copy(y, w.slice(first, n - first).columns(col, k - col)); });
      expect_same(test, 1, n, weights, "row_squares", [&](Tensor y, Tensor w) { ops.row_squares(y, w); });
      const Tensor delta = test.input_f32(test.random(n, k, 0.1));
      expect_same(test, 2, n, weights, "row_changes", [&](Tensor y, Tensor w) {
        ops.copy(y, test.input_f32(changes_of_rows(test, w, delta)));
      });
    }
  }
});

// Of a product of NF4 tile units take 16 bits of each factor: three errors of at most 2^-18 beside those of f32.
constexpr double kOnTiles = 2.0;

void expect_product(Test& test, int64_t m, const Weights& weights, double loosening) {
  const Matrix& w = weights.values;
  for (const bool transpose : {true, false}) {
    const Matrix a = test.random(m, transpose ? w.cols : w.rows), c = test.random(m, transpose ? w.rows : w.cols);
    const Tensor y = test.update(c, 2);
    test.ops().gemm(y, test.input(a, 1), false, weights.narrow, transpose, 0.5f, 1.0f);
    test.expect_near(y, product(a, false, w, transpose, 0.5, c, 1.0), "gemm with nf4", loosening);
  }
}

const Case products("gemm", [](Test& test) {
  // Two are deeper than what the CPU widens at a time, one each way.
  for (const auto& [m, n, k] : {std::array<int64_t, 3>{1, 1, 1}, {2, 9, 31}, {70, 33, 129}, {330, 65, 200},
                                {90, 70, 2113}, {90, 2100, 70}})
    for (const bool nested : {false, true}) expect_product(test, m, Weights(test, n, k, 64, nested), 1.0);
});

const Case products_on_tiles("gemm", [](Test& test) {
  for (const auto& [m, n, k] :
       {std::array<int64_t, 3>{100, 300, 576}, {64, 2301, 160}, {40, 131, 672}, {17, 1000, 96}, {390, 45, 64}})
    for (const bool nested : {false, true}) expect_product(test, m, Weights(test, n, k, 64, nested), kOnTiles);
});

const Case row_products("row_product", [](Test& test) {
  for (const auto& [m, n, k] : kRowsForTiles)
    for (const bool nested : {false, true}) {
      const Weights weights(test, n, k, 64, nested);
      expect_row_product(test, m, weights.narrow, weights.values, kOnTiles);
    }
});

const Case nf4_products("weight_product", [](Test& test) {
  for (const auto& [rows, cols, lines] : kWeightProducts)
    expect_weight_product(test, Weights(test, rows, cols, 64, false), lines, cols % 32 == 0 ? kOnTiles : 1.0);
});

}  // namespace
}  // namespace adapter_lab::test
