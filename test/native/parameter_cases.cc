// What training keeps of a parameter, on every backend: zero moments in either form, an average that begins as the
// value.
#include "harness.h"
#include "train/parameter.h"

namespace adapter_lab::test {
namespace {

Matrix moment_of(Test& test, const Parameter& parameter, bool is_first) {
  const Tensor value = parameter.value();
  if (!parameter.is_quantized()) return test.read(is_first ? parameter.moment1() : parameter.moment2());
  const Tensor wide = test.output_f32(value.rows, value.cols);
  const EightBitMoments moments = parameter.quantized();
  test.ops().dequantize_moment(wide, is_first ? moments.first : moments.second, is_first);
  return test.read(wide);
}

const Case states("parameter_states", [](Test& test) {
  // A tensor of fewer than 4,096 values keeps f32 moments.
  for (const auto& [rows, cols] : {std::pair<int64_t, int64_t>{3, 33}, {5, 1001}})
    for (const bool eight_bit : {false, true}) {
      const Matrix before = test.random(rows, cols);
      Parameter parameter(test.ops(), "weight", false, test.update_f32(before), true);
      parameter.allocate_states({eight_bit, true});
      test.expect(parameter.is_quantized() == (eight_bit && rows * cols >= 4096), "moments have the other form");
      for (const bool is_first : {true, false})
        test.expect_near(moment_of(test, parameter, is_first), Matrix(rows, cols), "moments at the beginning", 0.0);
      test.expect_near(parameter.average(), before, "average at the beginning", 0.0);
      const Matrix gradient = test.random(rows, cols);
      test.ops().add(parameter.gradient(), test.input_f32(gradient));
      parameter.update({1e-2f, 0.9f, 0.999f, 1e-3f, 0.0f, 1, 1.0f});
      Matrix after = before;
      for (size_t i = 0; i < after.values.size(); ++i) {
        const double g = gradient.values[i];
        after.values[i] -= 1e-2 * g / (std::fabs(g) + 1e-3);
      }
      test.expect_near(parameter.value(), after, "value after a step");
      const Matrix stepped = test.read(parameter.value());
      parameter.exchange_average();
      test.expect_near(parameter.value(), before, "the average in the value's place", 0.0);
      test.expect_near(parameter.average(), stepped, "the value in the average's place", 0.0);
    }
});

}  // namespace
}  // namespace adapter_lab::test
