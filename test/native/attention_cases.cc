// Attention: texts of length 1, windows shorter than a text, grouped heads, large scores.
#include "attention_reference.h"
#include "harness.h"

namespace adapter_lab::test {
namespace {

struct Setting {
  std::vector<int32_t> lengths;
  int64_t heads, kv_heads, dim, window;
  double range;  // of the inputs: scores grow with its square
};

AttentionInput make_input(Test& test, const Setting& setting) {
  std::vector<int32_t> starts{0};
  for (const int32_t length : setting.lengths) starts.push_back(starts.back() + length);
  const int64_t rows = starts.back();
  const float scale = 1.0f / std::sqrt(static_cast<float>(setting.dim));
  return {test.random(rows, setting.heads * setting.dim, setting.range),
          test.random(rows, setting.kv_heads * setting.dim, setting.range),
          test.random(rows, setting.kv_heads * setting.dim),
          starts,
          {setting.heads, setting.kv_heads, setting.dim, scale, setting.window}};
}

const Setting kSettings[] = {
    {{1}, 1, 1, 4, 0, 1.0},          {{1, 2, 33, 5}, 3, 1, 10, 0, 1.0}, {{75, 64, 65, 1}, 4, 2, 64, 0, 2.0},
    {{300, 20}, 2, 2, 16, 0, 1.0},   {{300, 7}, 2, 1, 16, 5, 1.0},      {{600}, 2, 2, 8, 130, 1.0},
    {{40, 100}, 6, 2, 32, 200, 1.0}, {{130}, 2, 1, 16, 1, 1.0},         {{130, 90}, 2, 2, 64, 0, 30.0},
    {{66, 5}, 2, 1, 100, 0, 1.0},    {{70}, 2, 1, 130, 9, 1.0},         {{65}, 1, 1, 256, 0, 1.0},
    {{80}, 2, 1, 16, 79, 1.0},                     // the window's border at the end of a tile that is nearly seen whole
    {{20, 3, 150, 1, 40, 17}, 4, 2, 16, 20, 1.0},  // enough texts for heads of a group to be one piece of work
};

// Scores of +-7000 carry f32 rounding of 5e-4 into the weights: those outputs are held to their own precision.
double loosening(const Setting& setting) { return setting.range > 10.0 ? 100.0 : 1.0; }

const Case attention_forward("attention_forward", [](Test& test) {
  for (const Setting& setting : kSettings) {
    const AttentionInput input = make_input(test, setting);
    const AttentionOutput expected = reference_attention(input);
    const Tensor y = test.output(input.q.rows, input.q.cols, 3);
    const Tensor lse = test.output_f32(input.q.rows, setting.heads, 1);
    test.ops().attention_forward(y, lse, test.input(input.q, 1), test.input(input.k, 2), test.input(input.v, 4),
                                 {input.starts}, input.shape);
    test.expect_near(y, expected.y, "y", loosening(setting));
    test.expect_near(lse, expected.lse, "lse");
  }
});

const Case attention_reference("attention_backward", [](Test& test) {
  AttentionInput input = make_input(test, {{1, 9, 4}, 4, 2, 3, 5, 1.5});
  const Matrix dy = test.random(input.q.rows, input.q.cols);
  const auto loss = [&] { return inner(dy, reference_attention(input).y); };
  const AttentionGradients gradients = reference_attention_backward(input, dy);
  test.expect_near(gradients.dq, difference_gradient(input.q, loss), "the reference's dq", 1e-6);
  test.expect_near(gradients.dk, difference_gradient(input.k, loss), "the reference's dk", 1e-6);
  test.expect_near(gradients.dv, difference_gradient(input.v, loss), "the reference's dv", 1e-6);
});

const Case attention_backward("attention_backward", [](Test& test) {
  for (const Setting& setting : kSettings) {
    const AttentionInput input = make_input(test, setting);
    const Matrix dy = test.random(input.q.rows, input.q.cols);
    AttentionOutput forward = reference_attention(input);
    for (double& value : forward.y.values) value = test.representable(value);
    const AttentionGradients expected = reference_attention_backward(input, dy);
    const Tensor dq = test.output(input.q.rows, input.q.cols, 1);
    const Tensor dk = test.output(input.k.rows, input.k.cols, 2);
    const Tensor dv = test.output(input.v.rows, input.v.cols);
    test.ops().attention_backward(dq, dk, dv, test.input(dy, 3), test.input(input.q), test.input(input.k, 1),
                                  test.input(input.v), test.input(forward.y, 2), test.input_f32(forward.lse),
                                  {input.starts}, input.shape);
    // A token that sees itself alone has no gradient in q and k but rounding.
    test.expect_near(dq, expected.dq, "dq", 2.0 * loosening(setting), 0.1);
    test.expect_near(dk, expected.dk, "dk", 2.0 * loosening(setting), 0.1);
    test.expect_near(dv, expected.dv, "dv", 2.0 * loosening(setting), 0.1);
  }
});

}  // namespace
}  // namespace adapter_lab::test
