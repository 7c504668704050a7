// An estimate, no measurement: what a training step of LLaMA-7B takes at least on an A100 and an H100. The engine runs
// its step on a backend that computes nothing; each operation takes as long as its products at the peak of their units
// or its bytes at the bandwidth of memory, whichever is longer. Prints docs/cuda-roofline.md.
#include <array>
#include <cstdio>
#include <map>
#include <string>

#include "made_up_model.h"
#include "null_ops.h"
#include "train/engine.h"

namespace adapter_lab {
namespace {

constexpr int64_t kTokens = 2048;
constexpr int64_t kBytesOfWeights = int64_t{1} << 30;  // more than any tensor has

/** Published peaks, dense, without sparsity. */
struct Gpu {
  const char* name;
  double narrow_operations, wide_operations;  // a second: bf16 on tensor cores, f32 on CUDA cores
  double bytes;                               // a second
};
constexpr std::array<Gpu, 2> kGpus{
    {{"A100 SXM 80 GB", 312e12, 19.5e12, 2039e9}, {"H100 SXM 80 GB", 989e12, 67e12, 3350e9}}};
constexpr double kReachedOperations = 0.7, kReachedBytes = 0.85;

constexpr MadeUpShape kSevenBillion{32, 4096, 32, 32, 128, 11008, 32000};
constexpr MadeUpMethod kMethods[] = {{"LoRA, rank 16", LowRankKind::kLora, 16, false, DType::bf16},
                               {"DoRA, rank 16", LowRankKind::kLora, 16, true, DType::bf16},
                               {"QDoRA, rank 16", LowRankKind::kLora, 16, true, DType::nf4},
                               {"VeRA, rank 256", LowRankKind::kVera, 256, false, DType::bf16}};

/** Of all calls of one kind. */
struct Cost {
  int64_t calls = 0;
  double operations = 0, bytes = 0;
  std::array<double, kGpus.size()> seconds{};  // by GPU, at its peaks
  std::array<double, kGpus.size()> reached{};  // at what kernels commonly reach of them

  void add(const ProfiledCall& call, bool is_narrow) {
    calls += 1;
    operations += call.operations;
    bytes += call.bytes;
    for (size_t i = 0; i < kGpus.size(); ++i) {
      const Gpu& gpu = kGpus[i];
      const double computing = call.operations / (is_narrow ? gpu.narrow_operations : gpu.wide_operations);
      const double moving = call.bytes / gpu.bytes;
      seconds[i] += std::max(computing, moving);
      reached[i] += std::max(computing / kReachedOperations, moving / kReachedBytes);
    }
  }
};

using Costs = std::map<std::string, Cost>;

/** The second step: what the first one does once is done. */
Costs costs_of(const MadeUpMethod& method, const std::string& file) {
  auto null_ops = std::make_unique<NullOps>();
  NullOps& inner = *null_ops;
  Engine engine(std::move(null_ops), {make_up(kSevenBillion, method, file), {}, 1, 0});
  const PackedBatch batch{std::vector<int32_t>(kTokens), std::vector<int32_t>(kTokens, 1), {int32_t{kTokens}}};
  const UpdateOptions update{1e-4f, 0.9f, 0.999f, 1e-8f, 0.0f, 1.0f, 1, 0.0f, {}};
  for (int step = 0; step < 2; ++step) {
    inner.narrow_products.clear();
    engine.start_profile();
    engine.accumulate(batch, 1.0f, 1);
    engine.update(update);
  }
  const Profile profile = engine.stop_profile();
  Costs costs;
  size_t product = 0;
  for (const ProfiledCall& call : profile.calls) {
    const std::string name = call.name;
    const bool is_product = call.depth > 0;
    const bool is_narrow = is_product ? inner.narrow_products.at(product++) : name.starts_with("attention");
    const std::string kind = is_product ? (is_narrow ? "products of bf16" : "products of f32") : name;
    costs[kind].add(call, is_narrow);
    costs["all"].add(call, is_narrow);
  }
  return costs;
}

double tokens_a_second(double seconds) { return static_cast<double>(kTokens) / seconds; }

void print_head() {
  std::printf(
      "# Roofline of a training step of LLaMA-7B\n\n"
      "**An estimate, no measurement.** The engine's own step runs on a backend that computes nothing and tells each\n"
      "operation's shapes. An operation takes as long as its operations at the peak of their units, or its bytes at\n"
      "the bandwidth of memory, whichever is longer; nothing overlaps, launches cost nothing. Bytes are each input\n"
      "read once and each output written once (`npm run bench:counts` holds the emulated kernels to that), so no gain\n"
      "is counted from what L2 keeps between operations. Operations are those of the shapes. Products of activations\n"
      "and their gradients, and those of bf16 weights, run on tensor cores, other ones on CUDA cores. *At reach*: %.0f "
      "%% of the peak of\n"
      "operations and %.0f %% of the bandwidth, an assumption. %lld tokens a micro-batch, one text, all seven modules\n"
      "of each layer adapted, no dropout, no checkpointing, an update after each micro-batch.\n\n"
      "Made by `npm run roofline`.\n\n"
      "Published peaks, dense: ",
      100 * kReachedOperations, 100 * kReachedBytes, static_cast<long long>(kTokens));
  for (const Gpu& gpu : kGpus)
    std::printf("%s %.0f TFLOP/s of bf16, %.1f of f32, %.0f GB/s%s", gpu.name, gpu.narrow_operations / 1e12,
                gpu.wide_operations / 1e12, gpu.bytes / 1e9, &gpu == &kGpus.back() ? ".\n\n" : "; ");
}

void print_methods(const std::vector<Costs>& all) {
  std::printf("| method | operations, TFLOP | bytes, GB | calls |");
  for (const Gpu& gpu : kGpus) std::printf(" %s, ms | tokens/s at most | at reach |", gpu.name);
  std::printf("\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
  for (size_t i = 0; i < all.size(); ++i) {
    const Cost& cost = all[i].at("all");
    std::printf("| %s | %.1f | %.1f | %lld |", kMethods[i].name, cost.operations / 1e12, cost.bytes / 1e9,
                static_cast<long long>(cost.calls));
    for (size_t gpu = 0; gpu < kGpus.size(); ++gpu)
      std::printf(" %.0f | %.0f | %.0f |", cost.seconds[gpu] * 1e3, tokens_a_second(cost.seconds[gpu]),
                  tokens_a_second(cost.reached[gpu]));
    std::printf("\n");
  }
}

void print_operations(const char* method, const Costs& costs) {
  std::printf("\n## %s, by operation\n\n| operation | calls | TFLOP | GB |", method);
  for (const Gpu& gpu : kGpus) std::printf(" %s, ms |", gpu.name);
  std::printf("\n| --- | ---: | ---: | ---: | ---: | ---: |\n");
  for (const auto& [name, cost] : costs)
    std::printf("| %s | %lld | %.3f | %.2f | %.2f | %.2f |\n", name.c_str(), static_cast<long long>(cost.calls),
                cost.operations / 1e12, cost.bytes / 1e9, cost.seconds[0] * 1e3, cost.seconds[1] * 1e3);
}

}  // namespace
}  // namespace adapter_lab

int main() {
  using namespace adapter_lab;
  const MadeUpWeights file(kBytesOfWeights);
  std::vector<Costs> all;
  for (const MadeUpMethod& method : kMethods) all.push_back(costs_of(method, file.name()));
  print_head();
  print_methods(all);
  for (size_t i = 0; i < all.size(); ++i) print_operations(kMethods[i].name, all[i]);
  return 0;
}
