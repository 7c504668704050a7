// Dropout without a stored mask: keys from (seed, stream), then a hash of each element's index (kernels/dropout.h).
#include "cpu/cpu_ops.h"

namespace adapter_lab {
namespace {

/** SplitMix64's finisher. */
uint64_t mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/** Runs of elements that share the upper half of their index. */
class Mask {
 public:
  explicit Mask(Dropout dropout)
      : key_(mix(mix(dropout.seed) + 0x9e3779b97f4a7c15ULL * (dropout.stream + 1))),
        threshold_(static_cast<uint32_t>(static_cast<double>(dropout.probability) * 0x1p31)),
        scale_(1.0f / (1.0f - dropout.probability)) {}

  template <typename Kernel>
  void apply(Kernel kernel, float* y, const float* x, uint64_t first, int64_t count) const {
    while (count > 0) {
      const auto to_boundary = static_cast<int64_t>((uint64_t{1} << 32) - (first & 0xffffffffULL));
      const int64_t part = std::min(count, to_boundary);
      const uint64_t key = mix(key_ + (first >> 32));
      kernel(y, x,
             {static_cast<uint32_t>(key), static_cast<uint32_t>(key >> 32), static_cast<uint32_t>(first), threshold_,
              scale_},
             part);
      first += static_cast<uint64_t>(part);
      y += part;
      x += part;
      count -= part;
    }
  }

 private:
  uint64_t key_;
  uint32_t threshold_;
  float scale_;
};

}  // namespace

void CpuOps::dropout_forward(Tensor y, Tensor x, Dropout dropout) {
  const Mask mask(dropout);
  for_runs(y.rows, y.cols, y.contiguous() && x.contiguous(), [&](int64_t row, int64_t first, int64_t count) {
    const auto index = static_cast<uint64_t>(row * y.cols + first);
    mask.apply(kernels_.dropout, y.row(row) + first, x.row(row) + first, index, count);
  });
}

void CpuOps::dropout_backward(Tensor dx, Tensor dy, Dropout dropout) {
  const Mask mask(dropout);
  for_runs(dx.rows, dx.cols, dx.contiguous() && dy.contiguous(), [&](int64_t row, int64_t first, int64_t count) {
    const auto index = static_cast<uint64_t>(row * dx.cols + first);
    mask.apply(kernels_.dropout_add, dx.row(row) + first, dy.row(row) + first, index, count);
  });
}

}  // namespace adapter_lab
