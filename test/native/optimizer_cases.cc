// AdamW against the textbook in double, with moments in f32 and in 8 bits, the norm for clipping, moving averages.
#include "harness.h"

namespace adapter_lab::test {
namespace {

const Case sum_of_squares("sum_of_squares", [](Test& test) {
  for (const auto& [rows, cols] : {std::pair<int64_t, int64_t>{1, 1}, {33, 65}, {300, 1000}})
    for (const int64_t padding : {0, 7}) {
      const Matrix x = test.random(rows, cols);
      const double expected = inner(x, x);
      const double got = test.ops().sum_of_squares(test.input(x, padding));
      test.expect(std::fabs(got - expected) <= 1e-12 * expected, "sum of squares");
    }
});

/** One parameter's textbook AdamW in double. */
struct Reference {
  Matrix parameter, moment1, moment2;

  void step(const Matrix& gradient, const AdamW& options) {
    const double beta1 = static_cast<double>(options.beta1);
    const double beta2 = static_cast<double>(options.beta2);
    const double rate = static_cast<double>(options.learning_rate);
    const double bias1 = 1.0 - std::pow(beta1, static_cast<double>(options.step));
    const double bias2 = 1.0 - std::pow(beta2, static_cast<double>(options.step));
    for (size_t i = 0; i < gradient.values.size(); ++i) {
      const double g = gradient.values[i] * static_cast<double>(options.gradient_scale);
      double& p = parameter.values[i];
      double& m = moment1.values[i];
      double& v = moment2.values[i];
      p *= 1.0 - rate * static_cast<double>(options.weight_decay);
      m = beta1 * m + (1.0 - beta1) * g;
      v = beta2 * v + (1.0 - beta2) * g * g;
      p -= rate * (m / bias1) / (std::sqrt(v / bias2) + static_cast<double>(options.epsilon));
    }
  }
};

const Case adamw("adamw", [](Test& test) {
  for (const auto& [rows, cols] : {std::pair<int64_t, int64_t>{1, 1}, {1, 33}, {130, 577}}) {
    Reference reference{test.random(rows, cols), Matrix(rows, cols), Matrix(rows, cols)};
    const Tensor parameter = test.update(reference.parameter);
    const Tensor moment1 = test.update(reference.moment1);
    const Tensor moment2 = test.update(reference.moment2);
    for (int64_t step = 1; step <= 5; ++step) {
      Matrix gradient = test.random(rows, cols);
      gradient(0, 0) = 0.0;
      const AdamW options{1e-2f, 0.9f, 0.999f, 1e-8f, 0.1f, step, 0.5f};
      test.ops().adamw(parameter, moment1, moment2, test.input(gradient), options);
      reference.step(gradient, options);
    }
    test.expect_near(parameter, reference.parameter, "parameter");
    test.expect_near(moment1, reference.moment1, "first moment");
    test.expect_near(moment2, reference.moment2, "second moment");
  }
});

/** The same textbook step, with each block of the moments rounded to the map's values between steps. */
const Case adamw_8bit("adamw_8bit", [](Test& test) {
  for (const auto& [rows, cols] : {std::pair<int64_t, int64_t>{1, 1}, {1, 33}, {5, 1000}, {130, 577}}) {
    const int64_t count = rows * cols;
    std::vector<uint8_t> codes(static_cast<size_t>(2 * count), 0);
    std::vector<float> scales(static_cast<size_t>(2 * ((count + kMomentBlock - 1) / kMomentBlock)), 0.0f);
    const EightBitMoments moments{{codes.data(), scales.data()},
                                  {codes.data() + count, scales.data() + scales.size() / 2}};
    Reference reference{test.random(rows, cols), Matrix(rows, cols), Matrix(rows, cols)};
    const Tensor parameter = test.update(reference.parameter);
    const Tensor moment1 = test.output(rows, cols);
    const Tensor moment2 = test.output(rows, cols);
    for (int64_t step = 1; step <= 3; ++step) {
      const Matrix gradient = test.random(rows, cols);
      const AdamW options{1e-2f, 0.9f, 0.999f, 1e-3f, 0.1f, step, 0.5f};
      test.ops().adamw_8bit(parameter, moments, test.input(gradient), options);
      reference.step(gradient, options);
      test.expect_near(parameter, reference.parameter, "parameter");
      const Matrix exact1 = reference.moment1;
      const Matrix exact2 = reference.moment2;
      test.ops().dequantize_moment(moment1, moments.first, true);
      test.ops().dequantize_moment(moment2, moments.second, false);
      // Half the widest gap between neighbours of the map.
      test.expect_near(moment1, exact1, "first moment", 0.0071 / tolerance(DType::f32));
      test.expect_near(moment2, exact2, "second moment", 0.0036 / tolerance(DType::f32));
      reference.moment1 = test.read(moment1);
      reference.moment2 = test.read(moment2);
    }
  }
});

const Case quantize_moment("quantize_moment", [](Test& test) {
  Matrix x = test.random(1, 700);
  for (int64_t i = 256; i < 512; ++i) x(0, i) = 0.0;
  std::vector<uint8_t> codes(700);
  std::vector<float> scales(3);
  const EightBitMoment moment{codes.data(), scales.data()};
  test.ops().quantize_moment(moment, test.input(x), true);
  const Tensor y = test.output(1, 700);
  test.ops().dequantize_moment(y, moment, true);
  test.expect_near(y, x, "widened again", 0.0071 / tolerance(DType::f32));
  double largest = 0;
  for (int64_t i = 0; i < 256; ++i) largest = std::max(largest, std::fabs(x(0, i)));
  test.expect_equal(static_cast<double>(scales[0]), largest, "scale");
  test.expect_equal(static_cast<double>(scales[1]), 0.0, "scale of zeros");
});

/** bitsandbytes' table: the nearest value's code at each of 65,536 places from -1 to 1; of two, the lower one's. */
std::vector<uint8_t> nearest_codes(const Matrix& map) {
  constexpr float kStep = 2.0f / 65535.0f;
  std::vector<uint8_t> codes;
  int64_t above = 1;
  for (int32_t place = 0; place < 65536; ++place) {
    const float x = static_cast<float>(place) * kStep - 1.0f;
    while (above < 255 && static_cast<float>(map(0, above)) < x) ++above;
    const float to_lower = x - static_cast<float>(map(0, above - 1));
    const float to_upper = static_cast<float>(map(0, above)) - x;
    codes.push_back(static_cast<uint8_t>(to_lower <= to_upper ? above - 1 : above));
  }
  return codes;
}

const Case moment_codes("moment_codes", [](Test& test) {
  for (const bool has_signs : {true, false}) {
    std::vector<uint8_t> every_code(256);
    for (size_t code = 0; code < 256; ++code) every_code[code] = static_cast<uint8_t>(code);
    float one = 1.0f;
    const Tensor map = test.output(1, 256);
    test.ops().dequantize_moment(map, {every_code.data(), &one}, has_signs);
    const std::vector<uint8_t> expected = nearest_codes(test.read(map));
    // A 1 begins each block and is its scale.
    constexpr int64_t kPlaces = kMomentBlock - 1;
    const int64_t blocks = (65536 + kPlaces - 1) / kPlaces;
    Matrix x(1, blocks * kMomentBlock);
    const auto begins_block = [](int64_t i) { return i % kMomentBlock == 0; };
    const auto place_of = [](int64_t i) {
      return static_cast<size_t>(std::min<int64_t>(65535, i / kMomentBlock * kPlaces + i % kMomentBlock - 1));
    };
    const auto value_at = [](size_t place) { return static_cast<float>(place) * (2.0f / 65535.0f) - 1.0f; };
    for (int64_t i = 0; i < x.cols; ++i)
      x(0, i) = begins_block(i) ? 1.0 : static_cast<double>(value_at(place_of(i)));
    std::vector<uint8_t> codes(static_cast<size_t>(x.cols));
    std::vector<float> scales(static_cast<size_t>(blocks));
    test.ops().quantize_moment({codes.data(), scales.data()}, test.input(x), has_signs);
    int64_t wrong = 0;
    for (int64_t i = 0; i < x.cols; ++i)
      wrong += codes[static_cast<size_t>(i)] != (begins_block(i) ? 255 : expected[place_of(i)]);
    test.expect_equal(static_cast<double>(wrong), 0.0, has_signs ? "signed places" : "unsigned places");
  }
});

const Case add_to_average("add_to_average", [](Test& test) {
  for (const auto& [rows, cols] : {std::pair<int64_t, int64_t>{1, 1}, {33, 65}, {130, 577}}) {
    const Matrix before = test.random(rows, cols);
    const Matrix x = test.random(rows, cols);
    Matrix expected = before;
    for (size_t i = 0; i < expected.values.size(); ++i)
      expected.values[i] = 0.75 * before.values[i] + 0.25 * x.values[i];
    const Tensor average = test.update(before);
    test.ops().add_to_average(average, test.input(x), 0.75f);
    test.expect_near(average, expected, "average");
  }
});

const Case exchange("exchange", [](Test& test) {
  const Matrix first = test.random(130, 577);
  const Matrix second = test.random(130, 577);
  const Tensor a = test.update(first);
  const Tensor b = test.update(second);
  test.ops().exchange(a, b);
  test.expect_near(a, second, "second in the first's place", 0.0);
  test.expect_near(b, first, "first in the second's place", 0.0);
});

}  // namespace
}  // namespace adapter_lab::test
