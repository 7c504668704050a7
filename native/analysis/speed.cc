#include "analysis/speed.h"

#include <algorithm>
#include <chrono>
#include <functional>

#include "core/arena.h"

namespace adapter_lab {
namespace {

constexpr int64_t kRows = 512;
constexpr int64_t kFeatures = 1024;
/** Larger than what a processor's caches keep, as a layer's activations are. */
constexpr int64_t kCopiedRows = 4096;

using Clock = std::chrono::steady_clock;

/** Seconds of the fastest call within the budget; at least one is made. */
double fastest(double budget, const std::function<void()>& call) {
  call();
  const auto start = Clock::now();
  double best = 0;
  for (auto before = start; ; before = Clock::now()) {
    call();
    const std::chrono::duration<double> one = Clock::now() - before;
    best = best == 0 ? one.count() : std::min(best, one.count());
    if (std::chrono::duration<double>(Clock::now() - start).count() >= budget) return best;
  }
}

}  // namespace

Speed measure_speed(Ops& ops, double seconds) {
  Arena arena(ops);
  const Tensor x = arena.take_f32(kRows, kFeatures);
  const Tensor w = arena.take_f32(kFeatures, kFeatures);
  const Tensor y = arena.take_f32(kRows, kFeatures);
  for (const Tensor& operand : {x, w, y}) ops.zero(operand);
  const double product = fastest(seconds / 2, [&] { ops.gemm(y, x, false, w, true, 1.0f, 0.0f); });
  const Tensor from = arena.take_f32(kCopiedRows, kFeatures);
  const Tensor to = arena.take_f32(kCopiedRows, kFeatures);
  ops.zero(from);
  const double copy = fastest(seconds / 2, [&] { ops.copy(to, from); });
  const double operations = 2.0 * static_cast<double>(kRows * kFeatures * kFeatures);
  return {operations / product, 2.0 * static_cast<double>(sizeof(float) * kCopiedRows * kFeatures) / copy};
}

}  // namespace adapter_lab
