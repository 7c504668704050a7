// See attention_reference.h.
#include "attention_reference.h"

namespace adapter_lab::test {
namespace {

/** Calls body(head, row, first, weights) with the softmax weights of keys [first, row]. */
template <typename Body>
void for_each_row(const AttentionInput& input, const Body& body) {
  const AttentionShape& shape = input.shape;
  const int64_t group = shape.heads / shape.kv_heads;
  for (size_t text = 0; text + 1 < input.starts.size(); ++text)
    for (int64_t head = 0; head < shape.heads; ++head)
      for (int64_t row = input.starts[text]; row < input.starts[text + 1]; ++row) {
        int64_t first = input.starts[text];
        if (shape.window > 0) first = std::max(first, row - shape.window + 1);
        std::vector<double> weights;
        double most = -1e300;
        for (int64_t key = first; key <= row; ++key) {
          double score = 0.0;
          for (int64_t d = 0; d < shape.head_dim; ++d)
            score += input.q(row, head * shape.head_dim + d) * input.k(key, head / group * shape.head_dim + d);
          weights.push_back(score * static_cast<double>(shape.scale));
          most = std::max(most, weights.back());
        }
        double sum = 0.0;
        for (double& weight : weights) sum += weight = std::exp(weight - most);
        for (double& weight : weights) weight /= sum;
        body(head, row, first, weights, most + std::log(sum));
      }
}

}  // namespace

AttentionOutput reference_attention(const AttentionInput& input) {
  const int64_t dim = input.shape.head_dim;
  const int64_t group = input.shape.heads / input.shape.kv_heads;
  AttentionOutput output{Matrix(input.q.rows, input.q.cols), Matrix(input.q.rows, input.shape.heads)};
  for_each_row(input, [&](int64_t head, int64_t row, int64_t first, const std::vector<double>& weights, double lse) {
    output.lse(row, head) = lse;
    for (size_t i = 0; i < weights.size(); ++i)
      for (int64_t d = 0; d < dim; ++d)
        output.y(row, head * dim + d) += weights[i] * input.v(first + static_cast<int64_t>(i), head / group * dim + d);
  });
  return output;
}

AttentionGradients reference_attention_backward(const AttentionInput& input, const Matrix& dy) {
  const int64_t dim = input.shape.head_dim;
  const int64_t group = input.shape.heads / input.shape.kv_heads;
  AttentionGradients gradients{Matrix(input.q.rows, input.q.cols), Matrix(input.k.rows, input.k.cols),
                               Matrix(input.v.rows, input.v.cols)};
  for_each_row(input, [&](int64_t head, int64_t row, int64_t first, const std::vector<double>& weights, double) {
    const int64_t shared = head / group * dim;
    std::vector<double> dweights;
    double mean = 0.0;
    for (size_t i = 0; i < weights.size(); ++i) {
      const int64_t key = first + static_cast<int64_t>(i);
      double sum = 0.0;
      for (int64_t d = 0; d < dim; ++d) sum += dy(row, head * dim + d) * input.v(key, shared + d);
      dweights.push_back(sum);
      mean += weights[i] * sum;
    }
    for (size_t i = 0; i < weights.size(); ++i) {
      const int64_t key = first + static_cast<int64_t>(i);
      const double dscore = weights[i] * (dweights[i] - mean) * static_cast<double>(input.shape.scale);
      for (int64_t d = 0; d < dim; ++d) {
        gradients.dq(row, head * dim + d) += dscore * input.k(key, shared + d);
        gradients.dk(key, shared + d) += dscore * input.q(row, head * dim + d);
        gradients.dv(key, shared + d) += weights[i] * dy(row, head * dim + d);
      }
    }
  });
  return gradients;
}

}  // namespace adapter_lab::test
