// AdamW against the textbook in double, and the norm for clipping.
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

}  // namespace
}  // namespace adapter_lab::test
