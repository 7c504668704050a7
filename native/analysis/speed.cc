#include "analysis/speed.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <vector>

#include "core/arena.h"
#include "core/random.h"

namespace adapter_lab {
namespace {

constexpr int64_t kRows = 512;
constexpr int64_t kFeatures = 1024;
/** Larger than what a processor's caches keep, as a layer's activations are. */
constexpr int64_t kCopiedRows = 4096;
constexpr int64_t kDrawnRows = 64;
/** Beside them, waiting for the last one does not count. */
constexpr int kProductsAtOnce = 8;

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

/** y (contiguous) is set to numbers of deviation 1, some rows of which come again and again. */
void fill(Ops& ops, Arena& arena, Tensor y, uint64_t stream) {
  const ArenaScope scope(arena);
  const int64_t rows = std::min(y.rows, kDrawnRows);
  std::vector<float> drawn(static_cast<size_t>(rows * y.cols));
  Random random(0, stream);
  for (float& value : drawn) value = static_cast<float>(random.next_normal());
  const Tensor x = arena.take_f32(rows, y.cols);
  ops.upload(x, drawn.data(), DType::f32);
  for (int64_t first = 0; first < y.rows; first += rows) {
    const int64_t count = std::min(rows, y.rows - first);
    ops.copy(y.slice(first, count), x.slice(0, count));
  }
}

}  // namespace

double measure_products(Ops& ops, int64_t size, double seconds) {
  Arena arena(ops);
  const Tensor x = arena.take(size, size), w = arena.take(size, size), y = arena.take(size, size);
  fill(ops, arena, x, 1);
  fill(ops, arena, w, 2);
  const double products = fastest(seconds, [&] {
    for (int i = 0; i < kProductsAtOnce; ++i) ops.gemm(y, x, false, w, true, 1.0f, 0.0f);
    ops.finish();
  });
  const auto rows = static_cast<double>(size);
  return 2.0 * kProductsAtOnce * rows * rows * rows / products;
}

Speed measure_speed(Ops& ops, double seconds) {
  Arena arena(ops);
  const Tensor x = arena.take_f32(kRows, kFeatures);
  const Tensor w = arena.take_f32(kFeatures, kFeatures);
  const Tensor y = arena.take_f32(kRows, kFeatures);
  for (const Tensor& operand : {x, w, y}) ops.zero(operand);
  const auto product = [&](Tensor weight) {
    return fastest(seconds / 3, [&] { ops.gemm(y, x, false, weight, true, 1.0f, 0.0f); });
  };
  const double with_f32 = product(w);
  // All bits are 0 in both types.
  const double with_bf16 = product(Tensor(w.data, kFeatures, kFeatures, DType::bf16));
  const Tensor from = arena.take_f32(kCopiedRows, kFeatures);
  const Tensor to = arena.take_f32(kCopiedRows, kFeatures);
  ops.zero(from);
  const double copy = fastest(seconds / 3, [&] { ops.copy(to, from); });
  const double operations = 2.0 * static_cast<double>(kRows * kFeatures * kFeatures);
  return {operations / with_f32, operations / with_bf16,
          2.0 * static_cast<double>(sizeof(float) * kCopiedRows * kFeatures) / copy};
}

}  // namespace adapter_lab
