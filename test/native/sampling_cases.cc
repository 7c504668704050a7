// Drawn tokens against the definition: sort all, cut, walk; and the log probabilities of given tokens.
#include <algorithm>
#include <numeric>

#include "harness.h"

namespace adapter_lab::test {
namespace {

double log_sum(const Matrix& logits, int64_t row, double temperature) {
  double most = -1e300, sum = 0.0;
  for (int64_t c = 0; c < logits.cols; ++c) most = std::fmax(most, logits(row, c) / temperature);
  for (int64_t c = 0; c < logits.cols; ++c) sum += std::exp(logits(row, c) / temperature - most);
  return most + std::log(sum);
}

struct Share {
  int32_t token;
  double probability;
};

/** What is left of a row after the cut, likelier tokens first. */
std::vector<Share> shares(const Matrix& logits, int64_t row, const Cut& cut) {
  const auto temperature = static_cast<double>(cut.temperature);
  const double all = log_sum(logits, row, temperature);
  std::vector<Share> kept;
  for (int64_t c = 0; c < logits.cols; ++c)
    kept.push_back({static_cast<int32_t>(c), std::exp(logits(row, c) / temperature - all)});
  std::stable_sort(kept.begin(), kept.end(),
                   [](const Share& a, const Share& b) { return a.probability > b.probability; });
  const auto normalise = [&] {
    double sum = 0.0;
    for (const Share& share : kept) sum += share.probability;
    for (Share& share : kept) share.probability /= sum;
  };
  if (cut.top_k > 0 && cut.top_k < logits.cols) {
    // Those as likely as the k-th stay: bf16 has many of them.
    auto left = static_cast<size_t>(cut.top_k);
    while (left < kept.size() && kept[left].probability == kept[left - 1].probability) ++left;
    kept.resize(left);
  }
  normalise();
  double above = 0.0;
  size_t count = 0;
  while (count < kept.size() && (count == 0 || above < static_cast<double>(cut.top_p)))
    above += kept[count++].probability;
  if (cut.top_p < 1.0f) kept.resize(count);
  normalise();
  return kept;
}

const Case drawn("draw_tokens", [](Test& test) {
  const Cut cuts[] = {{1.0f, 0, 1.0f}, {0.7f, 0, 1.0f},   {1.0f, 5, 1.0f},
                      {1.0f, 0, 0.9f}, {2.0f, 100, 0.8f}, {1.0f, 1, 1.0f}};
  for (const int64_t vocabulary : {1, 7, 1000, 49152}) {
    const int64_t rows = vocabulary > 10000 ? 3 : 40;
    const Matrix logits = test.random(rows, vocabulary, 6.0);
    const Tensor x = test.input_f32(logits, 3);
    for (const Cut& cut : cuts) {
      std::vector<double> draws;
      for (int64_t n = 0; n < rows; ++n) draws.push_back((static_cast<double>(test.random_below(1000)) + 0.5) / 1000.0);
      std::vector<int32_t> tokens(static_cast<size_t>(rows));
      std::vector<float> values(tokens.size());
      test.ops().draw_tokens(tokens.data(), values.data(), x, draws, cut);
      for (int64_t n = 0; n < rows; ++n) {
        const auto at = static_cast<size_t>(n);
        double below = 0.0;
        bool near = false;  // a border that f32 may put on the other side
        int32_t expected = -1;
        for (const Share& share : shares(logits, n, cut)) {
          below += share.probability;
          near = near || std::fabs(below - draws[at]) < 1e-5;
          if (expected < 0 && draws[at] < below) expected = share.token;
        }
        if (!near) test.expect_equal(tokens[at], expected, "drawn token");
        const double log_probability = logits(n, tokens[at]) - log_sum(logits, n, 1.0);
        test.expect(std::fabs(static_cast<double>(values[at]) - log_probability) < 1e-5, "log probability is off");
      }
    }
  }
});

const Case equal_logits("draw_tokens", [](Test& test) {
  // All are as likely as the k-th: none is cut, as transformers has it.
  const Tensor x = test.input_f32(Matrix(1, 10));
  for (const auto& [draw, expected] : {std::pair{0.05, 0}, {0.55, 5}, {0.999, 9}}) {
    int32_t token = -1;
    float value = 0.0f;
    test.ops().draw_tokens(&token, &value, x, {&draw, 1}, {1.0f, 3, 1.0f});
    test.expect_equal(token, expected, "drawn token");
  }
});

const Case not_a_number("draw_tokens", [](Test& test) {
  Matrix logits = test.random(1, 300);
  logits(0, 100) = std::nan("");
  const double draw = 0.5;
  int32_t token = -1;
  float value = 0.0f;
  test.ops().draw_tokens(&token, &value, test.input_f32(logits), {&draw, 1}, {1.0f, 50, 0.9f});
  test.expect(token >= 0 && token < 300, "no token was drawn");
  test.expect(std::isnan(value), "a NaN among the logits gave a finite log probability");
});

const Case picked("log_probabilities", [](Test& test) {
  for (const int64_t vocabulary : {1, 33, 49152}) {
    const Matrix logits = test.random(4, vocabulary, 10.0);
    std::vector<TokenPick> picks;
    for (int32_t i = 0; i < 12; ++i) picks.push_back({i % 3, static_cast<int32_t>(test.random_below(vocabulary))});
    std::vector<double> values(picks.size());
    test.ops().log_probabilities(values.data(), test.input_f32(logits, 5), picks);
    for (size_t i = 0; i < picks.size(); ++i) {
      const double expected = logits(picks[i].row, picks[i].token) - log_sum(logits, picks[i].row, 1.0);
      test.expect(std::fabs(values[i] - expected) < 1e-6 * std::fmax(1.0, -expected), "log probability is off");
    }
  }
});

}  // namespace
}  // namespace adapter_lab::test
