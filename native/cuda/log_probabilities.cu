// The log probabilities of given tokens: a block sums a row, then a thread tells a pick's.
#include "cuda/array.h"
#include "cuda/cuda_ops.h"
#include "cuda/elements.h"
#include "cuda/row_sum.h"
#include "cuda/view.h"

namespace adapter_lab {
namespace {

using namespace gpu;

template <class T>
__global__ void log_sums_kernel(Array<double> log_sums, View<const T> logits) {
  SharedMemory memory;
  const RowSumMemory partial(memory);
  const int64_t row = blockIdx.x;
  const RowSum sum = row_sum(logits.cols, partial, [&](int64_t col) { return logits.load(row, col); });
  if (threadIdx.x == 0) log_sums.store(row, sum.logarithm());
}

template <class T>
__global__ void picks_kernel(Array<double> values, View<const T> logits, Array<const TokenPick> picks,
                             Array<const double> log_sums) {
  const int64_t index = element_index();
  if (index >= picks.count) return;
  const TokenPick pick = picks.load(index);
  values.store(index, static_cast<double>(logits.load(pick.row, pick.token)) - log_sums.load(pick.row));
}

}  // namespace

void CudaOps::log_probabilities(double* values, Tensor logits, std::span<const TokenPick> picks) {
  if (picks.empty()) return;
  scratch_.reset();
  const auto count = static_cast<int64_t>(picks.size());
  const Array<double> log_sums = take_array<double>(scratch_, logits.rows);
  const Array<double> found = take_array<double>(scratch_, count);
  const auto uploaded = upload_array(scratch_, picks);
  with_activation(logits, [&](auto x) {
    using T = typename decltype(x)::Element;
    launch("log_probabilities_sums", log_sums_kernel<T>, block_of_each(logits.rows), threads_of_logits(logits.cols),
           kRowSumBytes, log_sums, View<const T>(logits));
    launch_elements("log_probabilities", picks_kernel<T>, count, found, View<const T>(logits), uploaded,
                    log_sums.read_only());
  });
  copy_to_host(values, found.data, found.size_bytes());
}

}  // namespace adapter_lab
