// Rotary embedding (arXiv 2104.09864) in half-split order: a thread turns element i of a head with element
// i + head_dim / 2, by an angle that position and i decide.
#include "cuda/array.h"
#include "cuda/cuda_ops.h"
#include "cuda/elements.h"
#include "cuda/rows.h"
#include "cuda/view.h"

namespace adapter_lab {
namespace {

using namespace gpu;

template <class T>
__global__ void rope_kernel(View<T> y, View<const T> x, View<const float> cosine, View<const float> sine,
                            Array<const int32_t> positions, int64_t head_dim, float sign) {
  const int64_t half = head_dim / 2;
  const int64_t pairs = x.cols / head_dim * half;  // of a row
  const int64_t index = element_index();
  if (index >= x.rows * pairs) return;
  const int64_t row = index / pairs;
  const int64_t pair = index % pairs;
  const int64_t i = pair % half;
  const int64_t low = pair / half * head_dim + i;
  const int64_t position = positions.load(row);
  const float c = cosine.load(position, i);
  const float s = sign * sine.load(position, i);
  const float a = x.load(row, low);
  const float b = x.load(row, low + half);
  y.store(row, low, a * c - b * s);
  y.store(row, low + half, b * c + a * s);
}

}  // namespace

void CudaOps::rope(Tensor y, Tensor x, Tensor cosine, Tensor sine, const int32_t* positions, int64_t head_dim,
                   bool inverse) {
  const auto rows = positions_.of({positions, static_cast<size_t>(x.rows)});
  const int64_t pairs = x.rows * (x.cols / head_dim) * (head_dim / 2);
  with_activation(y, [&](auto turned) {
    using T = typename decltype(turned)::Element;
    launch_elements("rope", rope_kernel<T>, pairs, turned, View<const T>(x), View<const float>(cosine),
                    View<const float>(sine), rows, head_dim, inverse ? -1.0f : 1.0f);
  });
}

}  // namespace adapter_lab
