// Table rows by token, repeated tokens included.
#include "harness.h"

namespace adapter_lab::test {
namespace {

std::vector<int32_t> random_ids(Test& test, int64_t count, int64_t limit) {
  std::vector<int32_t> ids;
  for (int64_t i = 0; i < count; ++i) ids.push_back(static_cast<int32_t>(test.random_below(limit)));
  return ids;
}

const Case embedding_forward("embedding_forward", [](Test& test) {
  for (const int64_t rows : {1, 33, 1000}) {
    const Matrix table = test.random(97, 65);
    const std::vector<int32_t> ids = random_ids(test, rows, table.rows);
    Matrix expected(rows, 65);
    for (int64_t n = 0; n < rows; ++n)
      for (int64_t c = 0; c < 65; ++c) expected(n, c) = table(ids[static_cast<size_t>(n)], c);
    const Tensor y = test.output(rows, 65, 2);
    test.ops().embedding_forward(y, test.input(table, 1), ids.data());
    test.expect_near(test.read(y), expected, "rows", 0.0);
  }
});

const Case embedding_backward("embedding_backward", [](Test& test) {
  for (const int64_t rows : {1, 33, 1000}) {
    Matrix table = test.random(20, 200);
    const Matrix dy = test.random(rows, 200);
    const std::vector<int32_t> ids = random_ids(test, rows, table.rows);
    const Tensor dtable = test.update_f32(table, 3);
    test.ops().embedding_backward(dtable, test.input(dy), ids.data());
    // The other way round a batch's counted rows are put back.
    const Tensor dx = test.update(table);
    test.ops().embedding_backward(dx, test.input_f32(dy, 1), ids.data());
    for (int64_t n = 0; n < rows; ++n)
      for (int64_t c = 0; c < 200; ++c) table(ids[static_cast<size_t>(n)], c) += dy(n, c);
    test.expect_near(dtable, table, "gradient");
    test.expect_near(dx, table, "gradient of activations");
  }
});

}  // namespace
}  // namespace adapter_lab::test
