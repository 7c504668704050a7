// Small whole numbers, whose sums and products every type holds exactly: a result is right or wrong.
#include <algorithm>
#include <memory>
#include <vector>

#include "cuda/cublas_lt.h"
#include "cuda/make_cuda_ops.h"
#include "cuda/probe.h"

namespace adapter_lab::gpu {
namespace {

constexpr int64_t kSize = 256;  // a side; a sum of so many products of -1, 0 and 1 is a bf16
constexpr int64_t kCount = kSize * kSize;

struct Placed {
  Buffer memory;
  Tensor tensor;
};

Placed place(Ops& ops, const std::vector<float>& values) {
  const DType type = ops.activation_type();
  Buffer memory = ops.allocate(static_cast<size_t>(kCount) * size_of(type), "a trial of the GPU");
  const Tensor tensor(memory.data(), kSize, kSize, type);
  Buffer staged = ops.allocate(static_cast<size_t>(kCount) * sizeof(float), "a trial of the GPU");
  const Tensor wide(staged.data(), kSize, kSize);
  ops.upload(wide, values.data(), DType::f32);
  ops.copy(tensor, wide);
  return {std::move(memory), tensor};
}

std::vector<float> read(Ops& ops, Tensor x) {
  std::vector<float> values(static_cast<size_t>(kCount));
  ops.download(values.data(), x);
  return values;
}

/** -1, 0 and 1, the same every time and without a pattern along rows or columns. */
std::vector<float> make_values(uint32_t state) {
  std::vector<float> values(static_cast<size_t>(kCount));
  for (float& value : values) {
    state = state * 1664525u + 1013904223u;
    value = static_cast<float>(static_cast<int>((state >> 16) % 3u) - 1);
  }
  return values;
}

/** a b^T */
std::vector<float> multiply(const std::vector<float>& a, const std::vector<float>& b) {
  std::vector<float> c(static_cast<size_t>(kCount));
  for (int64_t row = 0; row < kSize; ++row)
    for (int64_t col = 0; col < kSize; ++col) {
      float sum = 0.0f;
      for (int64_t k = 0; k < kSize; ++k)
        sum += a[static_cast<size_t>(row * kSize + k)] * b[static_cast<size_t>(col * kSize + k)];
      c[static_cast<size_t>(row * kSize + col)] = sum;
    }
  return c;
}

}  // namespace

Trial try_gpu() {
  const std::unique_ptr<Ops> ops = make_cuda_ops(DType::bf16);
  const std::vector<float> a = make_values(1);
  const std::vector<float> b = make_values(2);
  const Placed left = place(*ops, a);
  const Placed right = place(*ops, b);
  const Placed product = place(*ops, b);
  ops->gemm(product.tensor, left.tensor, false, right.tensor, true, 1.0f, 0.0f);
  ops->add(left.tensor, right.tensor);
  std::vector<float> sum = a;
  std::transform(a.begin(), a.end(), b.begin(), sum.begin(), [](float x, float y) { return x + y; });
  return {read(*ops, left.tensor) == sum, read(*ops, product.tensor) == multiply(a, b)};
}

/** Every kind of product that training has: operands turned or not, added to or set, bf16 or f32. */
LibraryTrial try_cublas_lt(const char* file) {
  CublasLt library(file);
  LibraryTrial trial{library.version(), library.version() / 10000 == CublasLt::kMajor};
  if (!trial.product_is_right) return trial;
  const std::unique_ptr<Ops> narrow = make_cuda_ops(DType::bf16), wide = make_cuda_ops(DType::f32);
  const Placed a = place(*narrow, make_values(1)), b = place(*narrow, make_values(2));
  for (const bool transpose_a : {false, true})
    for (const bool transpose_b : {false, true})
      for (Ops* ops : {narrow.get(), wide.get()}) {
        const float beta = transpose_a ? 1.0f : 0.0f;
        const Placed own = place(*ops, make_values(3)), its = place(*ops, make_values(3));
        narrow->gemm(own.tensor, a.tensor, transpose_a, b.tensor, transpose_b, 1.0f, beta);
        const bool is_done = library.multiply({its.tensor, a.tensor, transpose_a, b.tensor, transpose_b, 1.0f, beta});
        trial.product_is_right = trial.product_is_right && is_done && read(*ops, own.tensor) == read(*ops, its.tensor);
      }
  return trial;
}

}  // namespace adapter_lab::gpu
