// Prints what each CUDA kernel does in a DoRA step of a model of stories260K's shape: launches, bytes, and copies from
// and to the host.
#include <algorithm>
#include <cstdio>
#include <numeric>
#include <vector>

#include "core/random.h"
#include "cuda/cuda_ops.h"
#include "cuda/emulation/counts.h"
#include "made_up_model.h"
#include "train/engine.h"

namespace adapter_lab {
namespace {

constexpr MadeUpShape kStories{5, 64, 8, 4, 8, 172, 512};
constexpr MadeUpMethod kDora{"DoRA", LowRankKind::kLora, 8, true, DType::f32};

/** As many as the largest weight has. */
std::vector<float> random_weights() {
  std::vector<float> values(static_cast<size_t>(kStories.vocabulary * kStories.hidden));
  Random random(1, 1);
  for (float& value : values) value = random.next_float() - 0.5f;
  return values;
}

void step(Engine& engine, int64_t number) {
  PackedBatch batch{std::vector<int32_t>(256), std::vector<int32_t>(256, 9), {100, 156}};
  std::iota(batch.tokens.begin(), batch.tokens.end(), 0);
  engine.accumulate(batch, 1.0f, 1);
  engine.update({1e-4f, 0.9f, 0.999f, 1e-8f, 0.0f, 1.0f, number, 0.0f, {}});
}

}  // namespace
}  // namespace adapter_lab

int main() {
  using namespace adapter_lab;
  const std::vector<float> weights = random_weights();
  MadeUpWeights file(static_cast<int64_t>(weights.size() * sizeof(float)));
  file.write(weights);
  Engine engine(std::make_unique<CudaOps>(DType::bf16), {make_up(kStories, kDora, file.name()), {}, 1, 0});
  step(engine, 1);
  emulation::Counting counting;
  step(engine, 2);
  std::vector<std::pair<std::string, emulation::Counts>> all(counting.by_kernel().begin(), counting.by_kernel().end());
  all.emplace_back("all", counting.total());
  std::sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.second.launches > b.second.launches; });
  std::printf("%-28s %8s %10s %10s %10s %10s %12s\n", "kernel or copy", "launches", "asked KB", "memory KB", "sectors",
              "transfers", "transferred");
  for (const auto& [name, counts] : all) {
    const double needed = std::max(1.0, static_cast<double>(counts.needed_sectors));
    std::printf("%-28s %8lld %10.1f %10.1f %10.2f %10lld %12lld\n", name.c_str(),
                static_cast<long long>(counts.launches), static_cast<double>(counts.asked_bytes()) / 1e3,
                static_cast<double>(counts.memory_bytes()) / 1e3, static_cast<double>(counts.sectors) / needed,
                static_cast<long long>(counts.transfers), static_cast<long long>(counts.transferred_bytes));
  }
  return 0;
}
