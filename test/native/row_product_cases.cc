// Products by rows of odd sizes and every remainder of a tile.
#include "row_products.h"

namespace adapter_lab::test {
namespace {

struct Setting {
  int64_t m, n, k;
};

constexpr Setting kSettings[] = {{1, 1, 1},    {2, 3, 5},      {3, 8, 16},    {7, 9, 31},   {4, 52, 32},
                                 {5, 101, 48}, {100, 33, 129}, {6, 17, 1537}, {64, 577, 96}, {200, 40, 800}};

const Case shapes("row_product", [](Test& test) {
  for (const auto& [m, n, k] : kSettings) {
    const Matrix w = test.random(n, k);
    expect_row_product(test, m, test.input(w, 1), w);
  }
});

const Case no_rows("row_product", [](Test& test) {
  const Tensor w = test.input(test.random(3, 8));
  test.ops().row_product(test.output(0, 3), test.input(Matrix(0, 8)), w, 1.0f, false);
});

}  // namespace
}  // namespace adapter_lab::test
