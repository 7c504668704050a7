// CUDA's kernels on the host, their threads in three orders.
#include "backends.h"
#include "cuda/emulation/block.h"
#include "cuda/make_cuda_ops.h"
#include "cuda/tensor_cores.h"

namespace adapter_lab::test {

namespace {

Backend make_backend(const std::string& name, const std::string& group, DType activation, emulation::Order order,
                     bool has_tensor_cores) {
  return {name, group, make_cuda_ops(activation), [=] {
            emulation::set_order(order);
            gpu::pretend_tensor_cores(has_tensor_cores);
          }};
}

/** Where there are no tensor cores, only what would use them differs. */
bool may_use_tensor_cores(std::string_view name) {
  return name == "gemm" || name == "row_product" || name.starts_with("attention");
}

}  // namespace

void add_cuda_backends(std::vector<Backend>& backends) {
  constexpr std::pair<emulation::Order, const char*> kOrders[] = {{emulation::Order::kForward, "forward"},
                                                                  {emulation::Order::kReverse, "reverse"},
                                                                  {emulation::Order::kShuffled, "shuffled"}};
  for (const auto& [activation, type] : {std::pair{DType::f32, "f32"}, {DType::bf16, "bf16"}})
    for (const auto& [order, name] : kOrders) {
      const std::string group = std::string("emulated ") + type;
      backends.push_back(make_backend(group + ", " + name, group, activation, order, true));
    }
  // A GPU before compute capability 8.0.
  const std::string plain = "emulated bf16 without tensor cores";
  backends.push_back(make_backend(plain, plain, DType::bf16, kOrders[0].first, false));
  backends.back().concerns = may_use_tensor_cores;
}

std::string no_gpu() { return ""; }

}  // namespace adapter_lab::test
