// Memory of the device, and copies between element types and layouts.
#include <algorithm>

#include "cuda/cuda_ops.h"
#include "cuda/device_memory.h"
#include "cuda/elements.h"
#include "cuda/rows.h"
#include "cuda/tensor_runs.h"
#include "cuda/view.h"

namespace adapter_lab {
namespace {

using namespace gpu;

template <class Y>
__global__ void zero_kernel(View<Y> y) {
  const int64_t index = element_index();
  if (index < y.rows * y.cols) y.store(index / y.cols, index % y.cols, 0.0f);
}

__global__ void zero_all_kernel(Array<const Array<float>> ys, Array<const int64_t> first_runs) {
  const OwnRun run = own_run(first_runs);
  const Array<float> y = ys.load_by_all(run.tensor);
  for (int64_t index = run.first + threadIdx.x; index < run.end(y.count); index += blockDim.x) y.store(index, 0.0f);
}

template <class Y, class X>
__global__ void copy_kernel(View<Y> y, X x) {
  const int64_t index = element_index();
  if (index >= y.rows * y.cols) return;
  const int64_t row = index / y.cols;
  const int64_t col = index % y.cols;
  y.store(row, col, x.load(row, col));
}

bool is_plain_copy(Tensor y, Tensor x) {
  return y.dtype == x.dtype && x.dtype != DType::nf4 && y.contiguous() && x.contiguous();
}

}  // namespace

/** Segments that nobody uses are free too. */
MemoryRoom CudaOps::memory_room() {
  const MemoryState state = memory_state();
  return {state.free_bytes + device_memory().held_bytes() - device_memory().taken_bytes(), state.total_bytes, false};
}

std::optional<DeviceUse> CudaOps::take_device_use() {
  return DeviceUse{device_memory().take_most_bytes(), device_memory().held_bytes()};
}

void CudaOps::finish() {
  Mark mark;
  mark.set(Queue::kMain);
  mark.wait();
}

void CudaOps::reserve(size_t size_bytes, const char* what) { device_memory().reserve(size_bytes, what); }

Buffer CudaOps::allocate(size_t size_bytes, const char* what) { return take_buffer(size_bytes, what); }

void CudaOps::zero(Tensor y) {
  with_activation(y, [&](auto to) {
    using T = typename decltype(to)::Element;
    launch_elements("zero", zero_kernel<T>, y.count(), to);
  });
}

void CudaOps::zero_all(std::span<const Tensor> ys) {
  TensorRuns<Array<float>> runs;
  for (const Tensor y : ys) runs.add(array_of(y), y.count());
  scratch_.reset();
  runs.launch_over("zero_all", zero_all_kernel, 0, scratch_);
}

void gpu::copy_elements(Tensor y, Tensor x) {
  if (is_plain_copy(y, x)) return copy_on_device(y.data, x.data, static_cast<size_t>(y.count()) * size_of(y.dtype));
  with_activation(y, [&](auto to) {
    with_weight(x, [&](auto from) {
      launch_elements("copy", copy_kernel<typename decltype(to)::Element, decltype(from)>, y.count(), to, from);
    });
  });
}

void CudaOps::copy(Tensor y, Tensor x) { copy_elements(y, x); }

void CudaOps::upload(Tensor y, const void* source, DType source_type) {
  const auto bytes = static_cast<size_t>(y.count()) * size_of(source_type);
  if (source_type == y.dtype) return send(y.data, source, bytes);
  // As many values at once as weights_ has room for.
  const auto most = static_cast<int64_t>(kWeightsBytes / size_of(source_type));
  scratch_.reset();
  char* const part = static_cast<char*>(scratch_.take_bytes(std::min(bytes, kWeightsBytes)));
  for (int64_t first = 0; first < y.count(); first += most) {
    const int64_t count = std::min(most, y.count() - first);
    const auto offset = static_cast<size_t>(first) * size_of(source_type);
    send(part, static_cast<const char*>(source) + offset, static_cast<size_t>(count) * size_of(source_type));
    copy(flat(y).columns(first, count), Tensor(part, 1, count, source_type));
  }
}

void CudaOps::send(void* to, const void* from, size_t size_bytes) {
  (size_bytes > kArraysBytes ? weights_ : arrays_).send(to, from, size_bytes);
}

void CudaOps::upload_bytes(void* to, const void* from, size_t size_bytes) { send(to, from, size_bytes); }

void CudaOps::download_bytes(void* to, const void* from, size_t size_bytes) { copy_to_host(to, from, size_bytes); }

void CudaOps::download(float* host, Tensor x) {
  Tensor packed = x;
  if (x.dtype != DType::f32 || !x.contiguous()) {
    scratch_.reset();
    packed = scratch_.take(x.rows, x.cols);
    copy(packed, x);
  }
  copy_to_host(host, packed.data, static_cast<size_t>(x.count()) * sizeof(float));
}

}  // namespace adapter_lab
