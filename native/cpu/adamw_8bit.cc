// AdamW with block-wise 8-bit moments (arXiv 2110.02861), as bitsandbytes defines them: a block is widened, steps as
// f32 moments do, and is rounded again.
#include "core/dynamic_map.h"
#include "cpu/cpu_ops.h"
#include "ops/adamw_step.h"

namespace adapter_lab {

void CpuOps::adamw_8bit(std::span<const EightBitAdamWTensor> tensors, AdamW options) {
  for (const EightBitAdamWTensor& tensor : tensors) step_8bit(tensor, step_of(options, tensor.rate));
}

void CpuOps::step_8bit(const EightBitAdamWTensor& tensor, const AdamWStep& scalars) {
  const auto& [parameter, moments, gradient, rate] = tensor;
  const DynamicMap& signed_map = dynamic_map(true);
  const DynamicMap& unsigned_map = dynamic_map(false);
  for_ranges(parameter.count(), kChunkFloats, [&](int64_t begin, int64_t total) {
    float moment1[kMomentBlock];
    float moment2[kMomentBlock];
    for (int64_t first = begin; first < begin + total; first += kMomentBlock) {
      const int64_t count = std::min(kMomentBlock, begin + total - first);
      float& scale1 = moments.first.scales[first / kMomentBlock];
      float& scale2 = moments.second.scales[first / kMomentBlock];
      kernels_.from_8bit(moment1, moments.first.codes + first, signed_map.values.data(), scale1, count);
      kernels_.from_8bit(moment2, moments.second.codes + first, unsigned_map.values.data(), scale2, count);
      kernels_.adamw(parameter.f32() + first, moment1, moment2, gradient.f32() + first, scalars, count);
      scale1 = kernels_.to_8bit(moments.first.codes + first, moment1, true, count);
      scale2 = kernels_.to_8bit(moments.second.codes + first, moment2, false, count);
    }
  });
}

void CpuOps::quantize_moment(EightBitMoment moment, Tensor x, bool has_signs) {
  for_ranges(x.count(), kMomentBlock, [&](int64_t first, int64_t count) {
    moment.scales[first / kMomentBlock] = kernels_.to_8bit(moment.codes + first, x.f32() + first, has_signs, count);
  });
}

void CpuOps::dequantize_moment(Tensor y, EightBitMoment moment, bool has_signs) {
  const DynamicMap& map = dynamic_map(has_signs);
  for_ranges(y.count(), kMomentBlock, [&](int64_t first, int64_t count) {
    const float scale = moment.scales[first / kMomentBlock];
    kernels_.from_8bit(y.f32() + first, moment.codes + first, map.values.data(), scale, count);
  });
}

}  // namespace adapter_lab
