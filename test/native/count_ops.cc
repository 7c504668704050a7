// Prints what each CUDA kernel moves on models' shapes beside the ideal. Exits with 1 where an operation is over its
// limit.
#include <cstdio>

#include "counted_ops.h"

int main() {
  using namespace adapter_lab;
  int failed = 0;
  for (const test::CountedShape& shape : {test::kSmolLm2, test::kSevenBillion}) {
    std::printf("\n%s, bf16\n%-26s %8s %10s %8s %8s %8s %8s %8s\n", shape.name, "operation", "launches", "ideal KB",
                "memory", "distinct", "asked", "sectors", "banks");
    for (const test::CountedOp& op : test::count_ops(shape, DType::bf16)) {
      const std::string excess = op.excess();
      failed += excess.empty() ? 0 : 1;
      std::printf("%-26s %8lld %10.1f %8.2f %8.2f %8.2f %8.2f %8.2f %s\n", op.name.c_str(),
                  static_cast<long long>(op.counts.launches), op.ideal_bytes / 1e3, op.memory_ratio(),
                  op.distinct_ratio(), op.asked_ratio(), op.sector_ratio(), op.shared_ratio(), excess.c_str());
    }
  }
  std::printf("%d over their limits\n", failed);
  return failed == 0 ? 0 : 1;
}
