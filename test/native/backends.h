// What a runner takes every case through. The CPU is in each runner; native_tests has CUDA's kernels on the host beside
// it (backends/emulated.cc), native_tests_cuda has them on a GPU (backends/cuda.cc).
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ops/ops.h"

namespace adapter_lab::test {

struct Backend {
  std::string name;
  /** Backends of one group (the same kernels, another number or order of threads) must agree to the bit. */
  std::string group;
  std::unique_ptr<Ops> ops;
  /** Before each case. */
  std::function<void()> prepare = [] {};
  /** False of cases that other backends stand for. */
  std::function<bool(std::string_view name)> concerns = [](std::string_view) { return true; };
};

void add_cuda_backends(std::vector<Backend>& backends);
/** Why there is no GPU to test on; empty where there is one, or where kernels run on the host. */
std::string no_gpu();

}  // namespace adapter_lab::test
