// What training keeps of a parameter, on every backend: zero moments in either form, an average that begins as the
// value.
#include <cmath>
#include <memory>

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
      Parameter* const all[] = {&parameter};
      update(test.ops(), all, {1e-2f, 0.9f, 0.999f, 1e-3f, 0.0f, 1, 1.0f}, {});
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

/** One update of several parameters moves each as an update of its own with its rate would, to the bit. */
const Case together("parameter_update", [](Test& test) {
  const AdamW options{1e-2f, 0.9f, 0.999f, 1e-3f, 0.1f, 3, 0.5f};
  const std::vector<float> rates{1.0f, 16.0f, 0.25f};
  std::vector<Matrix> got[2];
  const std::vector<Matrix> values{test.random(5, 1001), test.random(1, 77), test.random(70, 130)};
  const std::vector<Matrix> gradients{test.random(5, 1001), test.random(1, 77), test.random(70, 130)};
  double squares[2] = {0.0, 0.0};
  for (const bool at_once : {true, false}) {
    std::vector<std::unique_ptr<Parameter>> parameters;
    std::vector<Parameter*> all;
    for (size_t i = 0; i < values.size(); ++i) {
      parameters.push_back(std::make_unique<Parameter>(test.ops(), "weight", false, test.update_f32(values[i]), true));
      all.push_back(parameters.back().get());
      all.back()->allocate_states({true, true});
      test.ops().add(all.back()->gradient(), test.input_f32(gradients[i]));
    }
    if (at_once) {
      squares[0] = gradient_squares(test.ops(), all);
      update(test.ops(), all, options, rates);
      update_averages(test.ops(), all, 0.75f, 2);
    }
    for (size_t i = 0; i < all.size() && !at_once; ++i) {
      AdamW own = options;
      own.learning_rate *= rates[i];
      squares[1] += gradient_squares(test.ops(), {&all[i], 1});
      update(test.ops(), {&all[i], 1}, own, {});
      update_averages(test.ops(), {&all[i], 1}, 0.75f, 2);
    }
    for (const Parameter* one : all) {
      for (const bool is_first : {true, false}) got[at_once].push_back(moment_of(test, *one, is_first));
      got[at_once].push_back(test.read(one->value()));
      got[at_once].push_back(test.read(one->average()));
      test.expect_near(const_cast<Parameter*>(one)->gradient(), Matrix(one->value().rows, one->value().cols),
                       "the gradient that was used", 0.0);
    }
  }
  for (size_t i = 0; i < got[0].size(); ++i) test.expect(got[0][i].values == got[1][i].values, "other bits at once");
  test.expect(std::fabs(squares[0] - squares[1]) <= 1e-12 * squares[1], "squares of all");
});

}  // namespace
}  // namespace adapter_lab::test
