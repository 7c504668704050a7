// Products by rows: near their reference, and of a row the same bits wherever and beside whatever it stands.
#pragma once
#include <algorithm>
#include <array>
#include <string>

#include "harness.h"

namespace adapter_lab::test {

/** y (m, w.rows) = x w^T, set and added to; `values` are what `w` stands for. Loosened as `Test::expect_near`. */
inline void expect_row_product(Test& test, int64_t m, Tensor w, const Matrix& values, double loosening = 1.0) {
  const std::string what = "row_product of " + std::to_string(values.cols);
  const Matrix x = test.random(m, values.cols), before = test.random(m, values.rows);
  const Tensor rows = test.input(x, 5);
  const Tensor added = test.update(before, 1);
  test.ops().row_product(added, rows, w, 0.5f, true);
  test.expect_near(added, product(x, false, values, true, 0.5, before, 1.0), what + " is added", loosening);
  const Tensor set = test.output(m, values.rows, 3);
  test.ops().row_product(set, rows, w, -2.0f, false);
  test.expect_near(set, product(x, false, values, true, -2.0), what, loosening);
  const Matrix together = test.read(set);
  for (int64_t first = 0, count = 1; first < m; first += count, count = std::min(count + 1, m - first)) {
    const Tensor part = test.output(count, values.rows, 1);
    test.ops().row_product(part, rows.slice(first, count), w, -2.0f, false);
    const Matrix alone = test.read(part);
    for (int64_t row = 0; row < count; ++row)
      for (int64_t col = 0; col < values.rows; ++col)
        test.expect(alone(row, col) == together(first + row, col), "a row has other bits among other rows");
  }
}

/** Rows of x, rows of w and depth for tile units: every number of tiles of w in a chunk; one pack of x, pairs, and one
 *  alone behind pairs; rows of w that are no tile; more rows of x than are packed at a time. */
constexpr std::array<std::array<int64_t, 3>, 7> kRowsForTiles = {
    {{1, 576, 64}, {16, 127, 160}, {17, 256, 96}, {33, 112, 192}, {64, 144, 1536}, {48, 33, 512}, {150, 87, 224}}};

}  // namespace adapter_lab::test
