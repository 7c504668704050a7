// Rows of a table by token, and their gradient: rows of one token are added up by one block, in their order.
#include <algorithm>
#include <numeric>
#include <vector>

#include "cuda/array.h"
#include "cuda/cuda_ops.h"
#include "cuda/rows.h"
#include "cuda/view.h"

namespace adapter_lab {
namespace {

using namespace gpu;

constexpr unsigned kThreads = 128;

template <class Y, class Table>
__global__ void embedding_kernel(View<Y> y, Table table, Array<const int32_t> ids) {
  const int64_t row = blockIdx.x;
  const int64_t from = ids.load(row);
  for (int64_t col = 4 * threadIdx.x; col < y.cols; col += 4 * blockDim.x) y.store4(row, col, table.load4(from, col));
}

/** Rows of dy sorted by token: token i of `tokens` has rows[starts[i]] to rows[starts[i + 1] - 1]. */
struct Groups {
  Array<const int32_t> tokens, starts, rows;
};

template <class Table, class Y>
__global__ void embedding_backward_kernel(View<Table> dtable, View<const Y> dy, Groups groups) {
  const int64_t group = blockIdx.x;
  const int64_t col = static_cast<int64_t>(blockIdx.y) * blockDim.x + threadIdx.x;
  if (col >= dy.cols) return;
  const int32_t end = groups.starts.load(group + 1);
  float sum = 0.0f;
  for (int32_t i = groups.starts.load(group); i < end; ++i) sum += dy.load(groups.rows.load(i), col);
  dtable.add(groups.tokens.load(group), col, sum);
}

Groups group(Scratch& scratch, const int32_t* ids, int64_t count) {
  std::vector<int32_t> rows(static_cast<size_t>(count));
  std::iota(rows.begin(), rows.end(), 0);
  std::stable_sort(rows.begin(), rows.end(), [ids](int32_t a, int32_t b) { return ids[a] < ids[b]; });
  std::vector<int32_t> tokens, starts;
  for (int32_t i = 0; i < static_cast<int32_t>(count); ++i) {
    const int32_t token = ids[rows[static_cast<size_t>(i)]];
    if (!tokens.empty() && tokens.back() == token) continue;
    tokens.push_back(token);
    starts.push_back(i);
  }
  starts.push_back(static_cast<int32_t>(count));
  const auto upload = [&](const std::vector<int32_t>& host) {
    return upload_array(scratch, std::span<const int32_t>(host));
  };
  return {upload(tokens), upload(starts), upload(rows)};
}

}  // namespace

void CudaOps::embedding_forward(Tensor y, Tensor table, const int32_t* ids) {
  scratch_.reset();
  const auto uploaded = upload_array(scratch_, ids, y.rows);
  with_activation(y, [&](auto to) {
    with_floats(table, [&](auto from) {
      using Y = typename decltype(to)::Element;
      launch("embedding_forward", embedding_kernel<Y, decltype(from)>, block_of_each(y.rows), threads_of_row(y.cols), 0,
             to, from, uploaded);
    });
  });
}

void CudaOps::embedding_backward(Tensor dtable, Tensor dy, const int32_t* ids) {
  scratch_.reset();
  const Groups groups = group(scratch_, ids, dy.rows);
  const Extent grid{static_cast<unsigned>(groups.tokens.count), blocks_of(dy.cols, kThreads).x, 1};
  with_activation(dtable, [&](auto to) {
    with_activation(dy, [&](auto from) {
      using Table = typename decltype(to)::Element;
      using Y = typename decltype(from)::Element;
      launch("embedding_backward", embedding_backward_kernel<Table, Y>, grid, kThreads, 0, to, View<const Y>(dy),
             groups);
    });
  });
}

}  // namespace adapter_lab
