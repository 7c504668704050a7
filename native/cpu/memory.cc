// Memory of the CPU backend, and copies between element types and layouts.
#include <cstdlib>
#include <cstring>

#include "core/error.h"
#include "cpu/available_memory.h"
#include "cpu/cpu_ops.h"
#include "cpu/own_floats.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace adapter_lab {
namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kHugePage = size_t{2} << 20;
constexpr size_t kCheckedBytes = size_t{64} << 20;

}  // namespace

MemoryRoom CpuOps::memory_room() { return {available_memory_bytes(), machine_memory_bytes(), true}; }

Buffer CpuOps::allocate(size_t size_bytes, const char* what) {
  // The system grants more than it has and kills the process later: large requests are held against what is left.
  const bool hopeless = size_bytes >= kCheckedBytes && size_bytes > available_memory_bytes();
  const size_t alignment = size_bytes >= kHugePage ? kHugePage : kAlignment;
  const size_t rounded = (std::max<size_t>(size_bytes, 1) + alignment - 1) / alignment * alignment;
  void* data = hopeless || rounded < size_bytes ? nullptr : std::aligned_alloc(alignment, rounded);
  if (!data) throw Error("out-of-memory", what, "", static_cast<int64_t>(size_bytes));
#ifdef __linux__
  // A hint: fewer page faults and address translations.
  if (alignment == kHugePage) madvise(data, rounded, MADV_HUGEPAGE);
#endif
  return Buffer(data, size_bytes, std::free);
}

void CpuOps::zero(Tensor y) {
  for_runs(y.rows, y.cols, y.contiguous(), [&](int64_t row, int64_t first, int64_t count) {
    std::memset(y.row(row) + first, 0, static_cast<size_t>(count) * sizeof(float));
  });
}

void CpuOps::widen(float* y, Tensor x, int64_t row, int64_t first, int64_t count) const {
  if (x.dtype == DType::f32) {
    std::memcpy(y, x.row(row) + first, static_cast<size_t>(count) * sizeof(float));
    return;
  }
  if (x.dtype == DType::nf4) return kernels_.from_nf4(y, x.nf4(row, first), count);
  const auto* from = static_cast<const uint16_t*>(x.slice(row, 1).data) + first;
  (x.dtype == DType::bf16 ? kernels_.from_bf16 : kernels_.from_f16)(y, from, count);
}

Tensor CpuOps::wide_rows(Tensor x) const {
  if (x.dtype == DType::f32) return x;
  thread_local OwnFloats memory;
  const Tensor wide(memory.take(x.count()), x.rows, x.cols);
  for (int64_t row = 0; row < x.rows; ++row) widen(wide.row(row), x, row, 0, x.cols);
  return wide;
}

void CpuOps::copy(Tensor y, Tensor x) {
  if (x.dtype != DType::f32)
    return for_rows(y.rows, y.cols, [&](int64_t row) { widen(y.row(row), x, row, 0, x.cols); });
  for_runs(y.rows, y.cols, y.contiguous() && x.contiguous(), [&](int64_t row, int64_t first, int64_t count) {
    std::memcpy(y.row(row) + first, x.row(row) + first, static_cast<size_t>(count) * sizeof(float));
  });
}

void CpuOps::zero_all(std::span<const Tensor> ys) {
  for (const Tensor y : ys) zero(y);
}

void CpuOps::upload(Tensor y, const void* source, DType source_type) {
  if (source_type == DType::f32) return copy(y, Tensor(const_cast<void*>(source), y.rows, y.cols));
  if (source_type == y.dtype) {
    const auto* from = static_cast<const uint16_t*>(source);
    auto* to = static_cast<uint16_t*>(y.data);
    return for_ranges(y.count(), kChunkFloats, [&](int64_t first, int64_t count) {
      std::memcpy(to + first, from + first, static_cast<size_t>(count) * sizeof(uint16_t));
    });
  }
  const auto* halves = static_cast<const uint16_t*>(source);
  const auto convert = source_type == DType::bf16 ? kernels_.from_bf16 : kernels_.from_f16;
  for_ranges(y.count(), kChunkFloats,
             [&](int64_t first, int64_t count) { convert(y.f32() + first, halves + first, count); });
}

void CpuOps::upload_bytes(void* to, const void* from, size_t size_bytes) {
  constexpr int64_t kChunkBytes = kChunkFloats * 4;
  for_ranges(static_cast<int64_t>(size_bytes), kChunkBytes, [&](int64_t first, int64_t count) {
    std::memcpy(static_cast<char*>(to) + first, static_cast<const char*>(from) + first, static_cast<size_t>(count));
  });
}

void CpuOps::download_bytes(void* to, const void* from, size_t size_bytes) { upload_bytes(to, from, size_bytes); }

void CpuOps::download(float* host, Tensor x) { copy(Tensor(host, x.rows, x.cols), x); }

}  // namespace adapter_lab
