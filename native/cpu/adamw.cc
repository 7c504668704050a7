// The optimizer: AdamW's step, and the sum of squares that clipping needs.
#include <algorithm>
#include <numeric>
#include <vector>

#include "cpu/cpu_ops.h"
#include "ops/adamw_step.h"

namespace adapter_lab {
namespace {

struct Range {
  size_t tensor;
  int64_t first, count;
};

/** All of `tensors`, small ones too, in one list, so that threads meet once; chunk_of(i) is the most of one range. */
template <typename Count, typename Chunk>
std::vector<Range> ranges_of(size_t tensors, const Count& count_of, const Chunk& chunk_of) {
  std::vector<Range> ranges;
  for (size_t i = 0; i < tensors; ++i)
    for (int64_t first = 0; first < count_of(i); first += chunk_of(i))
      ranges.push_back({i, first, std::min(chunk_of(i), count_of(i) - first)});
  return ranges;
}

}  // namespace

double CpuOps::sum_of_squares(std::span<const Tensor> xs) {
  const auto ranges = ranges_of(
      xs.size(), [&](size_t i) { return xs[i].count(); },
      [&](size_t i) { return xs[i].contiguous() ? kChunkFloats : xs[i].cols; });
  std::vector<double> squares(ranges.size());
  pool_.parallel_for(static_cast<int64_t>(ranges.size()), [&](int64_t index) {
    const auto& [tensor, first, count] = ranges[static_cast<size_t>(index)];
    const Tensor x = xs[tensor];
    squares[static_cast<size_t>(index)] =
        kernels_.sum_of_squares(x.row(first / x.cols) + first % x.cols, count);
  });
  std::vector<double> sums(xs.size());
  for (size_t i = 0; i < ranges.size(); ++i) sums[ranges[i].tensor] += squares[i];
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

void CpuOps::adamw(std::span<const AdamWTensor> tensors, AdamW options) {
  const auto ranges = ranges_of(
      tensors.size(), [&](size_t i) { return tensors[i].parameter.count(); }, [](size_t) { return kChunkFloats; });
  std::vector<AdamWStep> steps;
  for (const AdamWTensor& tensor : tensors) steps.push_back(step_of(options, tensor.rate));
  pool_.parallel_for(static_cast<int64_t>(ranges.size()), [&](int64_t index) {
    const auto& [tensor, first, count] = ranges[static_cast<size_t>(index)];
    const auto& [parameter, moment1, moment2, gradient, rate] = tensors[tensor];
    kernels_.adamw(parameter.f32() + first, moment1.f32() + first, moment2.f32() + first, gradient.f32() + first,
                   steps[tensor], count);
  });
}

}  // namespace adapter_lab
