// Not an op: what the emulation counts of kernels whose traffic is known, and what the operations of a training step
// move.
#include "counted_ops.h"
#include "cuda/cuda_ops.h"
#include "cuda/rows.h"
#include "cuda/tensor_cores.h"
#include "cuda/view.h"
#include "harness.h"

namespace adapter_lab::test {
namespace {

using namespace gpu;
using emulation::Counting;
using emulation::Counts;

bool is_emulated(Test& test) { return dynamic_cast<CudaOps*>(&test.ops()) != nullptr; }

__global__ void read_apart(View<float> y, View<const float> x, int64_t apart) {
  y.store(0, threadIdx.x, x.load(0, threadIdx.x * apart));
}

__global__ void read_again(View<float> y, View<const float> x) {
  const float before = x.load(0, element_index());
  __syncthreads();
  y.store(0, element_index(), before + x.load(0, element_index()));
}

__global__ void share_apart(int apart) {
  const Shared<float> words = SharedMemory().take<float>(32 * 32);
  words[static_cast<int>(threadIdx.x) * apart] = 1.0f;
}

Counts counts_of(int64_t apart, Tensor y, Tensor x) {
  Counting counting;
  launch("read_apart", read_apart, {1, 1, 1}, 32, 0, View<float>(y), View<const float>(x), apart);
  return counting.total();
}

const Case accesses("counts", [](Test& test) {
  if (!is_emulated(test)) return;
  const Buffer memory = test.ops().allocate(2 * 1024 * sizeof(float), "counts");
  const Tensor x(memory.data(), 1, 1024), y(static_cast<float*>(memory.data()) + 1024, 1, 32);
  test.ops().zero(x);
  const Counts packed = counts_of(1, y, x), spread = counts_of(8, y, x), same = counts_of(0, y, x);
  test.expect_equal(static_cast<double>(packed.read_bytes), 128, "bytes read side by side");
  test.expect_equal(static_cast<double>(packed.sectors), 8, "sectors of what lies side by side, read and written");
  test.expect_equal(static_cast<double>(packed.needed_sectors), 8, "sectors needed");
  test.expect_equal(static_cast<double>(spread.read_bytes), 128, "bytes read a sector apart");
  test.expect_equal(static_cast<double>(spread.sectors), 32 + 4, "sectors of what lies a sector apart");
  test.expect_equal(static_cast<double>(spread.needed_sectors), 8, "sectors needed by the same");
  test.expect_equal(static_cast<double>(spread.memory_read_bytes), 32 * 32, "memory read a sector apart");
  test.expect_equal(static_cast<double>(same.read_bytes), 4, "bytes that all lanes read");
  test.expect_equal(static_cast<double>(same.memory_written_bytes), 128, "memory written");
  test.expect_equal(static_cast<double>(same.launches), 1, "launches");
});

/** Two blocks read 1 KB each, twice. */
Counts counts_behind(int64_t l2_bytes, int multiprocessors, Tensor y, Tensor x) {
  Counting counting({l2_bytes, multiprocessors});
  launch("read_again", read_again, {2, 1, 1}, 256, 0, View<float>(y), View<const float>(x));
  return counting.total();
}

const Case cache("counts", [](Test& test) {
  if (!is_emulated(test)) return;
  const Buffer memory = test.ops().allocate(1024 * sizeof(float), "counts");
  const Tensor x(memory.data(), 1, 512), y(static_cast<float*>(memory.data()) + 512, 1, 512);
  test.ops().zero(x);
  const Counts large = counts_behind(8192, 1, y, x), small = counts_behind(512, 1, y, x);
  test.expect_equal(static_cast<double>(large.read_bytes), 4096, "bytes asked for");
  test.expect_equal(static_cast<double>(large.memory_read_bytes), 2048, "memory read once where L2 holds it");
  test.expect_equal(static_cast<double>(small.memory_read_bytes), 4096, "memory read twice where it does not");
  test.expect_equal(static_cast<double>(small.memory_written_bytes), 2048, "memory written once");
  test.expect_equal(static_cast<double>(small.distinct_bytes()), 4096, "bytes touched at all");
});

const Case banks("counts", [](Test& test) {
  if (!is_emulated(test)) return;
  for (const auto& [apart, passes] : {std::pair{1, 1}, {2, 2}, {32, 32}, {31, 1}}) {
    Counting counting;
    launch("share_apart", share_apart, {1, 1, 1}, 32, 32 * 32 * sizeof(float), apart);
    const Counts counts = counting.total();
    test.expect_equal(static_cast<double>(counts.shared_passes), passes, "passes of words that lie apart");
    test.expect_equal(static_cast<double>(counts.needed_shared_passes), 1, "passes needed");
  }
});

const Case transfers("counts", [](Test& test) {
  if (!is_emulated(test)) return;
  const Buffer memory = test.ops().allocate(64, "counts");
  std::vector<char> host(64);
  Counting counting;
  test.ops().download_bytes(host.data(), memory.data(), 64);
  const Counts counts = counting.by_kernel().at("to host");
  test.expect_equal(static_cast<double>(counts.transfers), 1, "transfers");
  test.expect_equal(static_cast<double>(counts.transferred_bytes), 64, "bytes transferred");
});

/** Where texts are cut is sent for the first layer of a pass alone, and again for other texts. */
const Case kept_tiles("counts", [](Test& test) {
  if (!is_emulated(test)) return;
  const Matrix x = test.random(130, 16);
  const Tensor q = test.input(x), y = test.output(130, 16), lse = test.output_f32(130, 1);
  const Tensor dq = test.output(130, 16), dk = test.output(130, 16), dv = test.output(130, 16);
  const AttentionShape shape{1, 1, 16, 0.25f, 0};
  const auto sent_for = [&](std::vector<int32_t> starts) {
    Counting counting;
    test.ops().attention_forward(y, lse, q, q, q, {starts}, shape);
    test.ops().attention_backward(dq, dk, dv, q, q, q, q, y, lse, {starts}, shape);
    return counting.total().transferred_bytes;
  };
  constexpr int64_t kTileBytes = 3 * sizeof(int32_t);
  for (const auto& [starts, tiles] : std::vector<std::pair<std::vector<int32_t>, int64_t>>{
           {{0, 130}, 3}, {{0, 130}, 0}, {{0, 60, 120, 130}, 3}, {{0, 130}, 3}, {{0, 64, 130}, 3}, {{0, 64, 130}, 0}})
    test.expect_equal(static_cast<double>(sent_for(starts)), static_cast<double>(tiles * kTileBytes), "bytes sent");
});

/** Two lanes of a warp hold a row's columns by pairs, which are read and written at once: half sectors, once each. */
const Case pairs_of_columns("counts", [](Test& test) {
  if (!is_emulated(test) || !has_tensor_cores()) return;
  if (test.ops().activation_type() != DType::bf16) return;
  const Tensor x = test.input(test.random(64, 32)), w = test.input_f32(test.random(64, 32));
  const Tensor u = test.input(test.random(64, 64)), y = test.output(64, 64);
  const Tensor gain = test.input_f32(test.random(1, 64));
  Counting counting;
  test.ops().scaled_product(y, u, x, w, gain, 1.0f, false);
  test.ops().gemm(y, x, false, w, true, 1.0f, 0.0f);
  for (const auto& [name, counts] : counting.by_kernel())
    test.expect(counts.sectors <= 2 * counts.needed_sectors,
                name + ": " + std::to_string(counts.sectors) + " sectors for " +
                    std::to_string(counts.needed_sectors));
});

/** Rows that just fit the registers of their blocks are read once. */
const Case held_rows("counts", [](Test& test) {
  if (!is_emulated(test)) return;
  for (const int64_t cols : {4096, 8192}) {
    const Tensor x = test.input(test.random(2, cols)), dy = test.input(test.random(2, cols));
    const Tensor y = test.output(2, cols), dx = test.update(test.random(2, cols)), rstd = test.output_f32(2, 1);
    const Tensor weight = test.input_f32(test.random(1, cols));
    Counting counting;
    test.ops().rmsnorm_forward(y, rstd, x, weight, 1e-5f);
    test.ops().rmsnorm_backward(dx, Tensor(), dy, x, weight, rstd);
    const auto by_kernel = counting.by_kernel();
    const int64_t elements = 2 * cols, element_bytes = static_cast<int64_t>(size_of(x.dtype));
    const int64_t rstd_bytes = elements / 16 / kWarp * 4;  // a warp, of sixteen elements a thread, reads it at once
    test.expect_equal(static_cast<double>(by_kernel.at("rmsnorm_forward").read_bytes),
                      static_cast<double>(elements * (element_bytes + 4)), "bytes of x and weight");
    test.expect_equal(static_cast<double>(by_kernel.at("rmsnorm_backward").read_bytes),
                      static_cast<double>(elements * (3 * element_bytes + 4) + rstd_bytes),
                      "bytes of dy, x, dx, weight and rstd");
  }
});

/** The least, and 1.1 or 1.3 times it, are of bf16, in which models run on a GPU. */
const Case traffic("counts", [](Test& test) {
  if (!is_emulated(test) || test.ops().activation_type() != DType::bf16) return;
  for (const CountedOp& op : count_ops(kSmolLm2, DType::bf16))
    test.expect(op.excess().empty(), op.name + ": " + op.excess());
});

}  // namespace
}  // namespace adapter_lab::test
