// Not an op: what profiles record. A backend of its own is used.
#include "harness.h"
#include "ops/profiled_ops.h"

namespace adapter_lab::test {
namespace {

Tensor zeros(Ops& ops, std::vector<Buffer>& held, int64_t rows, int64_t cols) {
  held.push_back(ops.allocate(static_cast<size_t>(rows * cols) * sizeof(float), "a tensor of a test"));
  const Tensor x(held.back().data(), rows, cols);
  ops.zero(x);
  return x;
}

const Case profile("profile", [](Test& test) {
  ProfiledOps ops(make_cpu_ops(1));
  std::vector<Buffer> held;
  const Tensor a = zeros(ops, held, 5, 7), b = zeros(ops, held, 3, 7), c = zeros(ops, held, 5, 3);
  test.expect(ops.stop().calls.empty(), "nothing is recorded before it is asked for");
  ops.start();
  ops.enter({ModelPlace::Part::kLayer, 4, true});
  ops.gemm(c, a, false, b, true, 1.0f, 1.0f);
  ops.enter({ModelPlace::Part::kUpdate});
  ops.sum_of_squares({&a, 1});
  zeros(ops, held, 2, 2);
  const Profile profile = ops.stop();
  ops.zero(c);
  test.expect_equal(static_cast<double>(profile.calls.size()), 3, "calls between start and stop");
  const ProfiledCall& product = profile.calls.at(0);
  test.expect(std::string(product.name) == "gemm", "the operation's name");
  test.expect(product.place.part == ModelPlace::Part::kLayer && product.place.layer == 4 && product.place.is_backward,
              "the place that was entered");
  test.expect(product.rows == 5 && product.cols == 3 && product.depth == 7, "the product's sizes");
  test.expect_equal(product.operations, 2 * 5 * 3 * 7, "operations of a product");
  test.expect_equal(product.bytes, 4 * (5 * 7 + 3 * 7 + 2 * 5 * 3), "bytes of a product that is added to");
  test.expect(profile.calls.at(1).place.part == ModelPlace::Part::kUpdate, "the next place");
  test.expect(product.seconds > 0 && profile.calls.at(1).start >= product.start + product.seconds, "times in order");
  test.expect_equal(profile.allocations, 1, "allocations");
  test.expect_equal(profile.allocated_bytes, 16, "bytes allocated");
});

/** Scores are counted by looking at every pair. */
double pairs_of(const std::vector<int32_t>& starts, int64_t window) {
  double pairs = 0;
  for (size_t text = 0; text + 1 < starts.size(); ++text)
    for (int64_t query = starts[text]; query < starts[text + 1]; ++query)
      for (int64_t key = starts[text]; key <= query; ++key) pairs += window == 0 || key > query - window;
  return pairs;
}

const Case profiled_attention("profile", [](Test& test) {
  ProfiledOps ops(make_cpu_ops(1));
  std::vector<Buffer> held;
  const std::vector<int32_t> starts{0, 9, 10, 14};
  const int64_t rows = starts.back();
  const Tensor q = zeros(ops, held, rows, 8), k = zeros(ops, held, rows, 4), v = zeros(ops, held, rows, 4);
  const Tensor y = zeros(ops, held, rows, 8), lse = zeros(ops, held, rows, 2);
  const Tensor dq = zeros(ops, held, rows, 8), dk = zeros(ops, held, rows, 4), dv = zeros(ops, held, rows, 4);
  for (const int64_t window : {0, 3, 9, 20}) {
    const AttentionShape shape{2, 1, 4, 0.5f, window};
    ops.start();
    ops.attention_forward(y, lse, q, k, v, {starts}, shape);
    ops.attention_backward(dq, dk, dv, y, q, k, v, y, lse, {starts}, shape);
    const Profile profile = ops.stop();
    const double pairs = pairs_of(starts, window);
    test.expect_equal(profile.calls.at(0).operations, 2 * 2 * 4 * 2 * pairs, "operations of attention");
    test.expect_equal(profile.calls.at(1).operations, 5 * 2 * 4 * 2 * pairs, "operations of its backward");
    test.expect_equal(profile.calls.at(0).bytes, 4.0 * static_cast<double>(rows) * (8 + 4 + 4 + 8 + 2), "its bytes");
  }
});

}  // namespace
}  // namespace adapter_lab::test
