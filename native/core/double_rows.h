#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace adapter_lab {

/** So many rows of one length, zero at first. */
struct DoubleRows {
  DoubleRows(int64_t count, int64_t length)
      : count(count), length(length), values(static_cast<size_t>(count * length), 0.0) {}
  static DoubleRows identity(int64_t count) {
    DoubleRows unit(count, count);
    for (int64_t i = 0; i < count; ++i) unit.row(i)[i] = 1.0;
    return unit;
  }
  double* row(int64_t i) { return values.data() + i * length; }
  const double* row(int64_t i) const { return values.data() + i * length; }

  int64_t count;
  int64_t length;
  std::vector<double> values;
};

}  // namespace adapter_lab
