// One-sided Jacobi rotations in double precision, accurate for small values too (Golub and Van Loan, Matrix
// Computations, 8.6.3): rows become orthogonal. Of rows that are nearly so, few sweeps are needed.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/double_rows.h"
#include "cpu/kernels/kernels.h"

namespace adapter_lab {

class RowRotations {
 public:
  RowRotations(const Kernels& kernels, DoubleRows rows);

  int64_t count() const { return work_.count; }
  /** The length of the row that is the longest but `place` others: the matrix's singular value. */
  double value(int64_t place) const;
  /** That row, and the unit vector (count) of which it is the product with the matrix: a left singular vector. */
  const double* scaled(int64_t place) const { return work_.row(row(place)); }
  const double* other(int64_t place) const { return turned_.row(row(place)); }

 private:
  int64_t row(int64_t place) const { return static_cast<int64_t>(order_[static_cast<size_t>(place)]); }
  void sort();
  bool rotate_all();
  bool rotate(size_t one, size_t other);

  const Kernels& kernels_;
  DoubleRows work_;
  DoubleRows turned_;
  std::vector<size_t> order_;
  std::vector<double> squares_;
};

}  // namespace adapter_lab
