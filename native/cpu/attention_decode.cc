// One new token against cached keys and values: bound by reading the cache, so plain row kernels do.
#include <cmath>

#include "cpu/attention_blocks.h"
#include "cpu/cpu_ops.h"

namespace adapter_lab {
namespace {

/** y (head_dim) is set to the attention of q over the spans, whose keys and values of this head start at `column`. */
void decode_head(const Kernels& kernels, float* y, const float* q, std::span<const CacheSpan> spans, int64_t column,
                 AttentionShape shape) {
  const int64_t stride = shape.kv_heads * shape.head_dim;
  int64_t total = 0;
  for (const CacheSpan& span : spans) total += span.count;
  float* weights = attention_scratch(total);
  int64_t position = 0;
  for (const CacheSpan& span : spans)
    for (int64_t i = 0; i < span.count; ++i)
      weights[position++] = kernels.dot(q, span.k + i * stride + column, shape.head_dim) * shape.scale;
  const float most = kernels.row_max(weights, total);
  const double sum = kernels.exp_row(weights, weights, 1.0f, most, total);
  kernels.scale(weights, static_cast<float>(1.0 / sum), total);
  std::fill_n(y, shape.head_dim, 0.0f);
  position = 0;
  for (const CacheSpan& span : spans)
    for (int64_t i = 0; i < span.count; ++i)
      kernels.axpy(y, span.v + i * stride + column, weights[position++], shape.head_dim);
}

}  // namespace

void CpuOps::attention_decode(Tensor y, Tensor q, std::span<const CacheSpan> spans, AttentionShape shape) {
  const int64_t group = shape.heads / shape.kv_heads;
  pool_.parallel_for(q.rows * shape.kv_heads, [&](int64_t chunk) {
    const int64_t row = chunk / shape.kv_heads;
    const int64_t shared = chunk % shape.kv_heads;
    for (int64_t head = shared * group; head < (shared + 1) * group; ++head)
      decode_head(kernels_, y.row(row) + head * shape.head_dim, q.row(row) + head * shape.head_dim,
                  spans.subspan(static_cast<size_t>(2 * row), 2), shared * shape.head_dim, shape);
  });
}

}  // namespace adapter_lab
