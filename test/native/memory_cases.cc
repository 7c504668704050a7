// Allocation, and copies between types and layouts.
#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "core/arena.h"
#include "core/error.h"
#include "harness.h"

namespace adapter_lab::test {
namespace {

const Case allocate("allocate", [](Test& test) {
  for (const size_t size : {size_t{1}, size_t{1000}, size_t{3} << 20}) {
    const Buffer buffer = test.ops().allocate(size, "memory");
    test.expect(reinterpret_cast<uintptr_t>(buffer.data()) % 64 == 0, "memory is not aligned");
    test.expect(buffer.size_bytes() == size, "the buffer has another size");
  }
  for (const size_t size : {size_t{1} << 50, std::numeric_limits<size_t>::max() - 8}) {
    try {
      test.ops().allocate(size, "logits");
      test.expect(false, "an impossible allocation was granted");
    } catch (const Error& error) {
      test.expect(std::strcmp(error.code, "out-of-memory") == 0 && error.subject == "logits", "another error");
      test.expect(error.size_bytes == static_cast<int64_t>(size), "the error names another size");
    }
  }
});

const Case idle("arena", [](Test& test) {
  Arena arena(test.ops());
  arena.reserve(1 << 20);
  {
    const ArenaScope scope(arena);
    arena.take_f32(100, 1000);
  }
  arena.take_f32(10, 16);
  test.expect_equal(static_cast<double>(arena.take_idle_bytes()), (1 << 20) - 400000, "what was never taken");
  test.expect_equal(static_cast<double>(arena.take_idle_bytes()), (1 << 20) - 640, "and since then");
  arena.take_f32(1 << 10, 1 << 10);
  test.expect_equal(static_cast<double>(arena.take_idle_bytes()), (28 << 20), "a block below another counts whole");
});

const Case zero_all("zero", [](Test& test) {
  std::vector<Tensor> ys;
  for (const int64_t count : {1, 4096, 33, 9001}) ys.push_back(test.output_f32(1, count));
  test.ops().zero_all(ys);
  for (const Tensor y : ys) test.expect_near(y, Matrix(1, y.cols), "zeros of many", 0.0);
  test.ops().zero_all({});
});

const Case zero("zero", [](Test& test) {
  for (const int64_t padding : {0, 3}) {
    const Tensor y = test.output(70, 1001, padding);
    test.ops().zero(y);
    test.expect_near(y, Matrix(70, 1001), "zeros");
  }
});

const Case copy("copy", [](Test& test) {
  for (const int64_t padding : {0, 5}) {
    const Matrix x = test.random(70, 1001);
    const Tensor y = test.output(70, 1001, padding);
    test.ops().copy(y, test.input(x, 2 * padding));
    test.expect_near(test.read(y), x, "copy", 0.0);
  }
});

/** Rounding makes no number of what is none, and keeps infinities. */
const Case copy_no_numbers("copy", [](Test& test) {
  Matrix x(1, 4);
  x.values = {std::bit_cast<double>(~uint64_t{0} >> 1), std::bit_cast<double>(~uint64_t{0}), INFINITY, -INFINITY};
  const Tensor y = test.output(1, 4);
  test.ops().copy(y, test.input_f32(x));
  const Matrix got = test.read(y);
  test.expect(std::isnan(got(0, 0)) && std::isnan(got(0, 1)), "NaN became a number");
  test.expect(got(0, 2) == INFINITY && got(0, 3) == -INFINITY, "an infinity became another number");
});

const Case bytes("download_bytes", [](Test& test) {
  for (const size_t size : {size_t{1}, size_t{1000}, size_t{300001}}) {
    std::vector<uint8_t> sent(size);
    for (uint8_t& byte : sent) byte = static_cast<uint8_t>(test.random_below(256));
    const Buffer memory = test.ops().allocate(size, "bytes");
    test.ops().upload_bytes(memory.data(), sent.data(), size);
    std::vector<uint8_t> got(size + 1, 7);
    test.ops().download_bytes(got.data(), memory.data(), size);
    test.expect(std::equal(sent.begin(), sent.end(), got.begin()) && got.back() == 7, "other bytes came back");
  }
});

const Case upload_bf16("upload_bf16", [](Test& test) {
  std::vector<uint16_t> source(100003);
  Matrix expected(1, static_cast<int64_t>(source.size()));
  for (size_t i = 0; i < source.size(); ++i) {
    source[i] = static_cast<uint16_t>(i * 40503u);
    const double value = static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(source[i]) << 16));
    if (!std::isfinite(value)) source[i] = 0;
    expected.values[i] = std::isfinite(value) ? value : 0.0;
  }
  const Tensor y = test.output_f32(1, expected.cols);
  test.ops().upload(y, source.data(), DType::bf16);
  test.expect_near(test.read(y), expected, "bf16", 0.0);
});

/** More than is widened at once on a device. */
const Case upload_many("upload_bf16", [](Test& test) {
  std::vector<uint16_t> source((size_t{1} << 21) + 3);
  for (size_t i = 0; i < source.size(); ++i) source[i] = static_cast<uint16_t>(0x3f80 + i % 127);
  const int64_t count = static_cast<int64_t>(source.size());
  const Buffer memory = test.ops().allocate(source.size() * sizeof(float), "many");
  test.ops().upload(Tensor(memory.data(), 1, count), source.data(), DType::bf16);
  std::vector<float> got(source.size());
  test.ops().download(got.data(), Tensor(memory.data(), 1, count));
  int64_t wrong = 0;
  for (size_t i = 0; i < source.size(); ++i)
    wrong += std::bit_cast<uint32_t>(got[i]) != static_cast<uint32_t>(source[i]) << 16;
  test.expect_equal(static_cast<double>(wrong), 0.0, "values that differ");
});

/** The value of an f16 by its definition (IEEE 754 binary16). */
double f16_value(uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const double fraction = bits & 1023;
  const double sign = bits & 0x8000 ? -1.0 : 1.0;
  if (exponent == 31) return fraction == 0 ? sign * std::numeric_limits<double>::infinity() : std::nan("");
  return sign * (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024.0 + fraction, exponent - 25));
}

const Case upload_f16("upload_f16", [](Test& test) {
  std::vector<uint16_t> source(65536);
  for (size_t i = 0; i < source.size(); ++i) source[i] = static_cast<uint16_t>(i);
  const Tensor y = test.output_f32(1, static_cast<int64_t>(source.size()));
  test.ops().upload(y, source.data(), DType::f16);
  const Matrix got = test.read(y);
  for (size_t i = 0; i < source.size(); ++i) {
    const double expected = f16_value(source[i]);
    test.expect_equal(got.values[i], expected, "f16 " + std::to_string(i));
    if (!std::isnan(expected)) test.expect(std::signbit(got.values[i]) == std::signbit(expected), "sign of f16");
  }
});

}  // namespace
}  // namespace adapter_lab::test
