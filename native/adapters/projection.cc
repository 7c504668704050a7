#include "adapters/projection.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace adapter_lab {
namespace {

/** Uniform in +-sqrt(6 / fan_in): 24 bits of each draw, stretched in one rounding as PyTorch's build does. */
std::vector<float> kaiming_uniform(std::mt19937& random, int64_t count, int64_t fan_in, DType type) {
  const double bound = std::sqrt(3.0) * (std::sqrt(2.0) / std::sqrt(static_cast<double>(fan_in)));
  const auto from = static_cast<float>(-bound);
  const float width = static_cast<float>(bound) - from;
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) {
    const float drawn = static_cast<float>(random() & 0xffffffu) * 0x1p-24f;
    value = round_to(type, std::fma(drawn, width, from));
  }
  return values;
}

int64_t padded(int64_t count) { return (count + 15) / 16 * 16; }

}  // namespace

float round_to(DType type, float value) {
  if (type != DType::bf16 && type != DType::f16) return value;
  const int digits = type == DType::bf16 ? 8 : 11;
  const int smallest_exponent = type == DType::bf16 ? -126 : -14;
  if (value == 0.0f) return value;
  const float unit = std::ldexp(1.0f, std::max(std::ilogb(value), smallest_exponent) - (digits - 1));
  return std::nearbyint(value / unit) * unit;
}

ProjectionValues draw_projection(const ProjectionSpec& spec) {
  std::mt19937 random(static_cast<uint32_t>(spec.seed));
  ProjectionValues values;
  values.a = kaiming_uniform(random, spec.rank * spec.in, spec.in, spec.dtype);
  values.b = kaiming_uniform(random, spec.out * spec.rank, spec.rank, spec.dtype);
  return values;
}

Projection::Projection(Ops& ops, const ProjectionSpec& spec) : ops_(ops) {
  const int64_t floats = padded(spec.rank * spec.in) + padded(spec.out * spec.rank);
  memory_ = ops.allocate(static_cast<size_t>(floats) * sizeof(float), "VeRA's shared matrices");
  auto* data = static_cast<float*>(memory_.data());
  a_ = Tensor(data, spec.rank, spec.in);
  b_ = Tensor(data + padded(spec.rank * spec.in), spec.out, spec.rank);
  const ProjectionValues values = draw_projection(spec);
  ops.upload(a_, values.a.data(), DType::f32);
  ops.upload(b_, values.b.data(), DType::f32);
}

Tensor Projection::gram(int64_t in) {
  Buffer& memory = grams_[in];
  const bool is_new = memory.data() == nullptr;
  const int64_t rank = a_.rows;
  if (is_new) memory = ops_.allocate(static_cast<size_t>(rank * rank) * sizeof(float), "VeRA's A A^T");
  const Tensor gram(memory.data(), rank, rank);
  const Tensor a = a_.columns(0, in);
  if (is_new) ops_.gemm(gram, a, false, a, true, 1.0f, 0.0f);
  return gram;
}

void Projection::changed() {
  grams_.clear();
  ++version_;
}

size_t Projection::size_bytes() const {
  size_t bytes = memory_.size_bytes();
  for (const auto& [in, memory] : grams_) bytes += memory.size_bytes();
  return bytes;
}

}  // namespace adapter_lab
