// Cross-entropy and the best continuations, up to a vocabulary of 49,152.
#include <algorithm>
#include <numeric>

#include "harness.h"

namespace adapter_lab::test {
namespace {

struct Setting {
  int64_t rows, cols;
  double range;
};

constexpr Setting kSettings[] = {{1, 1, 1.0}, {5, 33, 3.0}, {4, 1000, 80.0}, {3, 49152, 10.0}, {2, 49152, 0.0}};

double log_sum(const Matrix& logits, int64_t n) {
  double most = -1e300;
  for (int64_t c = 0; c < logits.cols; ++c) most = std::fmax(most, logits(n, c));
  double sum = 0.0;
  for (int64_t c = 0; c < logits.cols; ++c) sum += std::exp(logits(n, c) - most);
  return most + std::log(sum);
}

/** -log softmax of each row's target; 0 where there is none. */
Matrix losses_of(const Matrix& logits, const std::vector<int32_t>& targets) {
  Matrix losses(logits.rows, 1);
  for (int64_t n = 0; n < logits.rows; ++n) {
    const int32_t target = targets[static_cast<size_t>(n)];
    if (target >= 0) losses(n, 0) = log_sum(logits, n) - logits(n, target);
  }
  return losses;
}

/** The first row's is token 0; the second row has none. */
std::vector<int32_t> random_targets(Test& test, const Setting& setting) {
  std::vector<int32_t> targets;
  for (int64_t n = 0; n < setting.rows; ++n)
    targets.push_back(n < 2 ? (n == 0 ? 0 : -100) : static_cast<int32_t>(test.random_below(setting.cols)));
  return targets;
}

/** Losses are held to 1e-6 in nats: their means are compared with other programs' to 1e-5. */
void expect_losses(Test& test, Tensor got, const Matrix& expected) {
  const Matrix losses = test.read(got);
  for (int64_t n = 0; n < expected.rows; ++n)
    test.expect(std::fabs(losses(n, 0) - expected(n, 0)) <= 1e-6 * std::fmax(1.0, expected(n, 0)), "loss is off");
}

const Case cross_entropy("cross_entropy", [](Test& test) {
  for (const Setting& setting : kSettings) {
    Matrix logits = test.random(setting.rows, setting.cols, setting.range);
    const std::vector<int32_t> targets = random_targets(test, setting);
    const Tensor losses = test.output_f32(setting.rows, 1);
    const Tensor gradient = test.update_f32(logits, 3);
    test.ops().cross_entropy(losses, gradient, targets.data(), 0.5f);
    expect_losses(test, losses, losses_of(logits, targets));
    Matrix expected(setting.rows, setting.cols);
    for (int64_t n = 0; n < setting.rows; ++n) {
      const int32_t target = targets[static_cast<size_t>(n)];
      if (target < 0) continue;
      const double log_of_sum = log_sum(logits, n);
      for (int64_t c = 0; c < setting.cols; ++c)
        expected(n, c) = 0.5 * (std::exp(logits(n, c) - log_of_sum) - (c == target ? 1.0 : 0.0));
    }
    if (setting.cols < 100) {
      const auto loss = [&] {
        const Matrix all = losses_of(logits, targets);
        return 0.5 * std::accumulate(all.values.begin(), all.values.end(), 0.0);
      };
      // An absolute bound: with one class the gradient is zero.
      const Matrix difference = difference_gradient(logits, loss);
      for (size_t i = 0; i < expected.values.size(); ++i)
        test.expect(std::fabs(expected.values[i] - difference.values[i]) < 1e-8, "the reference's gradient is off");
    }
    const Matrix got = test.read(gradient);
    for (size_t i = 0; i < expected.values.size(); ++i)
      test.expect(std::fabs(got.values[i] - expected.values[i]) <= 5e-7, "gradient is off");
  }
});

const Case cross_entropy_loss("cross_entropy_loss", [](Test& test) {
  for (const Setting& setting : kSettings) {
    const Matrix logits = test.random(setting.rows, setting.cols, setting.range);
    const std::vector<int32_t> targets = random_targets(test, setting);
    const Tensor losses = test.output_f32(setting.rows, 1);
    test.ops().cross_entropy_loss(losses, test.input_f32(logits, 1), targets.data());
    expect_losses(test, losses, losses_of(logits, targets));
  }
});

const Case not_a_number("cross_entropy", [](Test& test) {
  Matrix logits = test.random(1, 1000);
  logits(0, 500) = std::nan("");
  const int32_t target = 3;
  const Tensor losses = test.output_f32(1, 1);
  test.ops().cross_entropy(losses, test.update_f32(logits), &target, 1.0f);
  test.expect(std::isnan(test.read(losses)(0, 0)), "a NaN among the logits gave a finite loss");
});

/** Logits in the type of activations: read as they are, the gradient rounded to it. */
const Case narrow_logits("cross_entropy", [](Test& test) {
  const Setting setting{5, 1000, 3.0};
  const Matrix logits = test.random(setting.rows, setting.cols, setting.range);
  const std::vector<int32_t> targets = random_targets(test, setting);
  const Tensor losses = test.output_f32(setting.rows, 1);
  test.ops().cross_entropy_loss(losses, test.input(logits, 1), targets.data());
  expect_losses(test, losses, losses_of(logits, targets));
  const Tensor gradient = test.update(logits);
  test.ops().cross_entropy(losses, gradient, targets.data(), 2.0f);
  expect_losses(test, losses, losses_of(logits, targets));
  Matrix expected(setting.rows, setting.cols);
  for (int64_t n = 0; n < setting.rows; ++n)
    if (const int32_t target = targets[static_cast<size_t>(n)]; target >= 0)
      for (int64_t c = 0; c < setting.cols; ++c)
        expected(n, c) = 2.0 * (std::exp(logits(n, c) - log_sum(logits, n)) - (c == target ? 1.0 : 0.0));
  test.expect_near(gradient, expected, "gradient");
});

/** Tokens that are ruled out: -infinity, also where a thread of a GPU sees nothing else. */
const Case infinite_logits("cross_entropy", [](Test& test) {
  Matrix logits(1, 1000);
  for (int64_t c = 0; c < 1000; ++c) logits(0, c) = c % 100 == 99 ? test.representable(0.01 * c) : -INFINITY;
  const int32_t target = 199;
  const Tensor losses = test.output_f32(1, 1);
  test.ops().cross_entropy_loss(losses, test.input_f32(logits), &target);
  expect_losses(test, losses, losses_of(logits, {target}));
  const Tensor gradient = test.update_f32(logits);
  test.ops().cross_entropy(losses, gradient, &target, 1.0f);
  expect_losses(test, losses, losses_of(logits, {target}));
  const Matrix got = test.read(gradient);
  for (int64_t c = 0; c < 1000; ++c) {
    const double expected = std::exp(logits(0, c) - log_sum(logits, 0)) - (c == target ? 1.0 : 0.0);
    test.expect(std::fabs(got(0, c) - expected) <= 5e-7, "gradient is off");
  }
  // Ten tokens are left; after them come the first of the others. A zero is not less than another for its sign.
  logits(0, 99) = -0.0;
  logits(0, 199) = 0.0;
  std::vector<float> values(12);
  std::vector<int32_t> indices(12);
  test.ops().top_log_probabilities(values.data(), indices.data(), test.input_f32(logits), 12);
  for (size_t i = 0; i < 8; ++i) test.expect_equal(indices[i], 999 - 100 * static_cast<int>(i), "index");
  test.expect(indices[8] == 99 && indices[9] == 199, "zeros");
  for (size_t i = 10; i < 12; ++i) {
    test.expect_equal(indices[i], static_cast<int>(i) - 10, "index");
    test.expect_equal(static_cast<double>(values[i]), -INFINITY, "value");
  }
});

const Case top_log_probabilities("top_log_probabilities", [](Test& test) {
  for (const Setting& setting : kSettings) {
    for (const int64_t wanted : {1, 8, 40}) {
      if (wanted == 40 && setting.cols > 1000) continue;
      const int64_t k = std::min(wanted, setting.cols);
      Matrix logits = test.random(setting.rows, setting.cols, setting.range);
      // Equal logits: the lower index comes first.
      if (setting.cols > 900) logits(0, 900) = logits(0, 17) = logits(0, 400) = 100.0;
      // The best lie a GPU block's width apart, where one thread finds all.
      if (setting.cols > 900)
        for (int64_t c = 5; c < setting.cols; c += 128)
          logits(setting.rows - 1, c) = static_cast<double>(100 + (c * 37) % 1000);
      std::vector<float> values(static_cast<size_t>(setting.rows * k));
      std::vector<int32_t> indices(values.size());
      test.ops().top_log_probabilities(values.data(), indices.data(), test.input_f32(logits, 2), k);
      for (int64_t n = 0; n < setting.rows; ++n) {
        const double log_of_sum = log_sum(logits, n);
        std::vector<int32_t> order(static_cast<size_t>(setting.cols));
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) { return logits(n, a) > logits(n, b); });
        for (int64_t i = 0; i < k; ++i) {
          const auto at = static_cast<size_t>(n * k + i);
          const int32_t index = order[static_cast<size_t>(i)];
          test.expect_equal(indices[at], index, "index");
          const double expected = logits(n, index) - log_of_sum;
          test.expect(std::fabs(static_cast<double>(values[at]) - expected) < 1e-6 * std::fmax(1.0, -expected),
                      "log probability is off");
        }
      }
    }
  }
});

/** So many that a GPU's thread finds the next best among several. */
const Case large_vocabulary("top_log_probabilities", [](Test& test) {
  constexpr int64_t kColumns = 270000;
  constexpr int64_t kApart = 512;
  Matrix logits(1, kColumns);
  logits(0, 3 + kApart) = 3.0;
  logits(0, 3) = 2.0;
  logits(0, 3 + kApart * kApart) = 1.0;
  float values[3];
  int32_t indices[3];
  test.ops().top_log_probabilities(values, indices, test.input_f32(logits), 3);
  test.expect(indices[0] == 3 + kApart && indices[1] == 3 && indices[2] == 3 + kApart * kApart, "another order");
});

}  // namespace
}  // namespace adapter_lab::test
