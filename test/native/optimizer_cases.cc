// AdamW against the textbook in double, with moments in f32 and in 8 bits, the norm for clipping, moving averages.
#include <algorithm>
#include <cstring>

#include "core/dynamic_map.h"
#include "harness.h"

namespace adapter_lab::test {
namespace {

const Case sum_of_squares("sum_of_squares", [](Test& test) {
  for (const auto& [rows, cols] : {std::pair<int64_t, int64_t>{1, 1}, {33, 65}, {300, 1000}})
    for (const int64_t padding : {0, 7}) {
      const Matrix x = test.random(rows, cols);
      const double expected = inner(x, x);
      const Tensor tensor = test.input_f32(x, padding);
      const double got = test.ops().sum_of_squares({&tensor, 1});
      test.expect(std::fabs(got - expected) <= 1e-12 * expected, "sum of squares");
    }
  test.expect_equal(test.ops().sum_of_squares({}), 0.0, "of nothing");
});

/** Sizes around those of a block's run, and more tensors than two. */
constexpr std::pair<int64_t, int64_t> kManySizes[] = {{1, 1},    {3, 33},   {64, 64}, {1, 4097},
                                                      {2, 4096}, {130, 77}, {1, 5}};

const Case squares_of_many("sum_of_squares", [](Test& test) {
  std::vector<Tensor> tensors;
  double expected = 0.0;
  for (const auto& [rows, cols] : kManySizes) {
    const Matrix x = test.random(rows, cols);
    expected += inner(x, x);
    tensors.push_back(test.input_f32(x, tensors.size() % 2 == 0 ? 0 : 3));
    const double got = test.ops().sum_of_squares(tensors);
    test.expect(std::fabs(got - expected) <= 1e-12 * expected, "sum of squares of " + std::to_string(tensors.size()));
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
    const Tensor parameter = test.update_f32(reference.parameter);
    const Tensor moment1 = test.update_f32(reference.moment1);
    const Tensor moment2 = test.update_f32(reference.moment2);
    for (int64_t step = 1; step <= 5; ++step) {
      Matrix gradient = test.random(rows, cols);
      gradient(0, 0) = 0.0;
      const AdamW options{1e-2f, 0.9f, 0.999f, 1e-8f, 0.1f, step, 0.5f};
      const AdamWTensor tensor{parameter, moment1, moment2, test.input_f32(gradient)};
      test.ops().adamw({&tensor, 1}, options);
      reference.step(gradient, options);
    }
    test.expect_near(parameter, reference.parameter, "parameter");
    test.expect_near(moment1, reference.moment1, "first moment");
    test.expect_near(moment2, reference.moment2, "second moment");
  }
});

/** Each with a learning rate of its own. */
const Case adamw_of_many("adamw", [](Test& test) {
  std::vector<Reference> references;
  std::vector<AdamWTensor> tensors;
  AdamW options{1e-2f, 0.9f, 0.999f, 1e-8f, 0.1f, 4, 0.5f};
  for (const auto& [rows, cols] : kManySizes) {
    const Matrix gradient = test.random(rows, cols);
    Reference& reference = references.emplace_back(test.random(rows, cols), test.random(rows, cols),
                                                   Matrix(rows, cols));
    const float rate = 1.0f + 0.5f * static_cast<float>(tensors.size());
    tensors.push_back({test.update_f32(reference.parameter), test.update_f32(reference.moment1),
                       test.update_f32(reference.moment2), test.input_f32(gradient), rate});
    AdamW own = options;
    own.learning_rate *= rate;
    reference.step(gradient, own);
  }
  test.ops().adamw(tensors, options);
  for (size_t i = 0; i < tensors.size(); ++i) {
    const std::string which = " of tensor " + std::to_string(i);
    test.expect_near(tensors[i].parameter, references[i].parameter, "parameter" + which);
    test.expect_near(tensors[i].moment1, references[i].moment1, "first moment" + which);
    test.expect_near(tensors[i].moment2, references[i].moment2, "second moment" + which);
  }
  test.ops().adamw({}, options);
});

/** A moment in 8 bits in the backend's memory, zeros at first, with guard bytes behind codes and scales. */
class HeldMoment {
 public:
  HeldMoment(Test& test, int64_t count)
      : test_(test),
        count_(static_cast<size_t>(count)),
        blocks_((count_ + kMomentBlock - 1) / kMomentBlock),
        codes_(make(count_)),
        scales_(make(blocks_ * sizeof(float))) {}

  operator EightBitMoment() const {
    return {static_cast<uint8_t*>(codes_.data()), static_cast<float*>(scales_.data())};
  }
  std::vector<uint8_t> codes() const { return read<uint8_t>(codes_, count_); }
  std::vector<float> scales() const { return read<float>(scales_, blocks_); }

 private:
  static constexpr size_t kGuard = 64;

  Buffer make(size_t size_bytes) const {
    std::vector<uint8_t> image(size_bytes, 0);
    image.resize(size_bytes + kGuard, 0xa5);
    Buffer memory = test_.ops().allocate(image.size(), "moment");
    test_.ops().upload_bytes(memory.data(), image.data(), image.size());
    return memory;
  }
  template <typename Element>
  std::vector<Element> read(const Buffer& memory, size_t count) const {
    std::vector<uint8_t> image(memory.size_bytes());
    test_.ops().download_bytes(image.data(), memory.data(), image.size());
    test_.expect(std::count(image.end() - kGuard, image.end(), 0xa5) == kGuard, "a guard byte was changed");
    std::vector<Element> elements(count);
    std::memcpy(elements.data(), image.data(), count * sizeof(Element));
    return elements;
  }

  Test& test_;
  size_t count_;
  size_t blocks_;
  Buffer codes_;
  Buffer scales_;
};

/** The same textbook step, with each block of the moments rounded to the map's values between steps. */
const Case adamw_8bit("adamw_8bit", [](Test& test) {
  for (const auto& [rows, cols] : {std::pair<int64_t, int64_t>{1, 1}, {1, 33}, {5, 1000}, {130, 577}}) {
    const HeldMoment first(test, rows * cols);
    const HeldMoment second(test, rows * cols);
    const EightBitMoments moments{first, second};
    Reference reference{test.random(rows, cols), Matrix(rows, cols), Matrix(rows, cols)};
    const Tensor parameter = test.update_f32(reference.parameter);
    const Tensor moment1 = test.output_f32(rows, cols);
    const Tensor moment2 = test.output_f32(rows, cols);
    for (int64_t step = 1; step <= 3; ++step) {
      const Matrix gradient = test.random(rows, cols);
      const AdamW options{1e-2f, 0.9f, 0.999f, 1e-3f, 0.1f, step, 0.5f};
      const EightBitAdamWTensor tensor{parameter, moments, test.input_f32(gradient)};
      test.ops().adamw_8bit({&tensor, 1}, options);
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
    first.codes(), first.scales(), second.codes(), second.scales();  // guards
  }
});

/** bitsandbytes' table: the nearest value's code at each of 65,536 places from -1 to 1; of two, the lower one's. */
std::vector<uint8_t> nearest_codes(bool has_signs) {
  constexpr float kStep = 2.0f / 65535.0f;
  const auto& values = dynamic_map(has_signs).values;
  std::vector<uint8_t> codes;
  size_t above = 1;
  for (int32_t place = 0; place < 65536; ++place) {
    const float x = static_cast<float>(place) * kStep - 1.0f;
    while (above < 255 && values[above] < x) ++above;
    codes.push_back(static_cast<uint8_t>(x - values[above - 1] <= values[above] - x ? above - 1 : above));
  }
  return codes;
}

/** Codes by definition: the table's at (x / scale + 1) 32767.5, rounded. `fused`: product and sum are rounded once. */
std::vector<uint8_t> codes_of(const Matrix& x, const std::vector<float>& scales, bool has_signs, bool fused) {
  const std::vector<uint8_t> nearest = nearest_codes(has_signs);
  std::vector<uint8_t> codes;
  for (size_t i = 0; i < x.values.size(); ++i) {
    const float scale = scales[i / kMomentBlock];
    const float part = std::fmin(std::fmax(static_cast<float>(x.values[i]) * (1.0f / scale), -1.0f), 1.0f) + 1.0f;
    const float place = fused ? std::fma(part, 32767.5f, 0.5f) : part * 32767.5f + 0.5f;
    codes.push_back(scale > 0.0f ? nearest[static_cast<size_t>(place)] : uint8_t{0});
  }
  return codes;
}

const Case quantize_moment("quantize_moment", [](Test& test) {
  for (const bool has_signs : {true, false})
    for (const int64_t count : {1, 256, 700, 1025, 40000}) {
      Matrix x = test.random(1, count);
      for (double& value : x.values) value = has_signs ? value : std::fabs(value);
      for (int64_t i = 256; i < std::min<int64_t>(512, count); ++i) x(0, i) = 0.0;
      const HeldMoment moment(test, count);
      test.ops().quantize_moment(moment, test.input_f32(x), has_signs);
      std::vector<float> expected_scales(static_cast<size_t>((count + kMomentBlock - 1) / kMomentBlock));
      for (size_t i = 0; i < x.values.size(); ++i) {
        float& scale = expected_scales[i / kMomentBlock];
        scale = std::fmax(scale, static_cast<float>(std::fabs(x.values[i])));
      }
      test.expect(moment.scales() == expected_scales, "scales");
      const std::vector<uint8_t> codes = moment.codes();
      const std::vector<uint8_t> fused = codes_of(x, expected_scales, has_signs, true);
      // Processors without a fused product round twice.
      test.expect(codes == fused || codes == codes_of(x, expected_scales, has_signs, false), "codes");
      const Tensor y = test.output_f32(1, count);
      test.ops().dequantize_moment(y, moment, has_signs);
      const Matrix widened = test.read(y);
      const DynamicMap& map = dynamic_map(has_signs);
      for (size_t i = 0; i < codes.size(); ++i)
        test.expect_equal(widened.values[i],
                          static_cast<double>(map.values[codes[i]] * expected_scales[i / kMomentBlock]), "widened");
      test.expect_near(y, x, "widened again", 0.0071 / tolerance(DType::f32));
    }
});

const Case moment_of_denormals("quantize_moment", [](Test& test) {
  // The first block's inverse is infinite, the second's is not; bitsandbytes' CPU functions give these codes.
  for (const bool has_signs : {true, false}) {
    Matrix x(1, 2 * kMomentBlock);
    for (int64_t i = 0; i < x.cols; ++i) {
      const double size = i < kMomentBlock ? 1e-40 : 5e-39;
      x(0, i) = i % 3 == 0 ? size : i % 3 == 1 ? 0.0 : has_signs ? -size : size;
    }
    const HeldMoment moment(test, x.cols);
    test.ops().quantize_moment(moment, test.input_f32(x), has_signs);
    const std::vector<float> scales{1e-40f, 5e-39f};
    test.expect(moment.scales() == scales, "scales of denormals");
    test.expect(moment.codes() == codes_of(x, scales, has_signs, true), "codes of denormals");
    test.expect(moment.codes()[0] == 255 && moment.codes()[1] == 0, "an infinite inverse");
  }
});

const Case moment_not_a_number("quantize_moment", [](Test& test) {
  Matrix x = test.random(1, 300);
  x(0, 7) = std::nan("");
  double largest = 0.0;
  for (int64_t i = 0; i < 256; ++i) largest = std::fmax(largest, std::fabs(x(0, i)));
  const HeldMoment moment(test, 300);
  test.ops().quantize_moment(moment, test.input_f32(x), true);
  test.expect_equal(static_cast<double>(moment.scales()[0]), largest, "scale beside a NaN");
  test.expect_equal(moment.codes()[7], nearest_codes(true)[0], "code of a NaN");
});

const Case moment_codes("moment_codes", [](Test& test) {
  for (const bool has_signs : {true, false}) {
    const std::vector<uint8_t> expected = nearest_codes(has_signs);
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
    const HeldMoment moment(test, x.cols);
    test.ops().quantize_moment(moment, test.input_f32(x), has_signs);
    const std::vector<uint8_t> codes = moment.codes();
    int64_t wrong = 0;
    for (int64_t i = 0; i < x.cols; ++i)
      wrong += codes[static_cast<size_t>(i)] != (begins_block(i) ? 255 : expected[place_of(i)]);
    test.expect_equal(static_cast<double>(wrong), 0.0, has_signs ? "signed places" : "unsigned places");
  }
});

const Case add_to_averages("add_to_averages", [](Test& test) {
  std::vector<Average> averages;
  std::vector<Matrix> expected;
  for (const auto& [rows, cols] : kManySizes) {
    const Matrix before = test.random(rows, cols);
    const Matrix x = test.random(rows, cols);
    averages.push_back({test.update_f32(before), test.input_f32(x)});
    Matrix& after = expected.emplace_back(before);
    for (size_t i = 0; i < after.values.size(); ++i) after.values[i] = 0.75 * before.values[i] + 0.25 * x.values[i];
  }
  test.ops().add_to_averages(averages, 0.75f);
  for (size_t i = 0; i < averages.size(); ++i)
    test.expect_near(averages[i].average, expected[i], "average " + std::to_string(i));
});

const Case exchange("exchange", [](Test& test) {
  const Matrix first = test.random(130, 577);
  const Matrix second = test.random(130, 577);
  const Tensor a = test.update_f32(first);
  const Tensor b = test.update_f32(second);
  test.ops().exchange(a, b);
  test.expect_near(a, second, "second in the first's place", 0.0);
  test.expect_near(b, first, "first in the second's place", 0.0);
});

}  // namespace
}  // namespace adapter_lab::test
