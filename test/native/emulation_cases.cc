// The emulation of CUDA itself: kernels that race, deadlock or reach outside of their memory end in a Fault that names
// the lines, and correct ones do not. A kernel notes the lines that it expects to be named.
#include <functional>
#include <initializer_list>

#include "cuda/emulation/fault.h"
#include "cuda/emulation/watch.h"
#include "cuda/gpu.h"
#include "cuda/registers.h"
#include "cuda/tensor_cores.h"
#include "cuda/view.h"
#include "harness.h"

namespace adapter_lab::test {
namespace {

using namespace gpu;

struct Lines {
  int first = 0;
  int second = 0;
} lines;

std::string name_of(int line) { return "emulation_cases.cc:" + std::to_string(line); }

/** The Fault's text has all of `parts`. */
void expect_fault(Test& test, const std::string& what, std::initializer_list<std::string> parts,
                  const std::function<void()>& run) {
  try {
    run();
  } catch (const emulation::Fault& fault) {
    for (const std::string& part : parts)
      test.expect(std::string(fault.what()).find(part) != std::string::npos,
                  what + ": \"" + fault.what() + "\" does not tell " + part);
    return;
  }
  test.expect(false, what + " goes unnoticed");
}

template <class... Parameters, class... Arguments>
void expect_fault(Test& test, const std::string& what, void (*kernel)(Parameters...), unsigned threads,
                  Arguments... arguments) {
  lines = {};
  const auto run = [&] { launch("kernel", kernel, {2, 1, 1}, threads, 1024, arguments...); };
  // Where a race begins and where it ends depends on whose turn it is.
  expect_fault(test, what, {}, run);
  const std::string second = lines.second ? name_of(lines.second) : "";
  expect_fault(test, what, {"kernel: ", name_of(lines.first), second}, run);
}

int thread() { return static_cast<int>(threadIdx.x); }

/** An array of the block, all of it 0 before anyone goes on. */
Shared<float> take_zeros() {
  const Shared<float> x = SharedMemory().take<float>(64);
  if (thread() < 64) x[thread()] = 0.0f;
  __syncthreads();
  return x;
}

// ---- kernels of one kind of device --------------------------------------------------------------
__global__ void with_tensor_cores() {
  lines.first = __LINE__, only_with_tensor_cores();
}

__global__ void without_tensor_cores() {
  lines.first = __LINE__, only_without_tensor_cores();
}

const Case devices("emulation", [](Test& test) {
  const bool are_there = has_tensor_cores();
  pretend_tensor_cores(true);
  launch("kernel", with_tensor_cores, {1, 1, 1}, 32, 0);
  expect_fault(test, "a kernel for other devices", without_tensor_cores, 32);
  pretend_tensor_cores(false);
  launch("kernel", without_tensor_cores, {1, 1, 1}, 32, 0);
  expect_fault(test, "a kernel for tensor cores", with_tensor_cores, 32);
  pretend_tensor_cores(are_there);
});

// ---- races ------------------------------------------------------------------------------------
__global__ void write_write(int apart) {
  const Shared<float> x = SharedMemory().take<float>(64);
  if (thread() % apart == 0) lines.first = __LINE__, x[5] = 1.0f;
}

__global__ void write_read(int apart) {
  const Shared<float> x = take_zeros();
  lines.first = __LINE__, x[thread()] = 1.0f;
  lines.second = __LINE__, static_cast<void>(static_cast<float>(x[(thread() + apart) % 64]));
}

__global__ void read_write(int apart) {
  const Shared<float> x = take_zeros();
  lines.first = __LINE__, static_cast<void>(static_cast<float>(x[(thread() + apart) % 64]));
  lines.second = __LINE__, x[thread()] = 2.0f;
}

/** A barrier of a warp orders nothing between warps. */
__global__ void warp_barrier_between_warps() {
  const Shared<float> x = take_zeros();
  lines.first = __LINE__, x[thread()] = 1.0f;
  __syncwarp();
  lines.second = __LINE__, static_cast<void>(static_cast<float>(x[(thread() + 32) % 64]));
}

/** A shuffle orders no memory. */
__global__ void shuffle_for_barrier() {
  const Shared<float> x = take_zeros();
  lines.first = __LINE__, x[thread()] = 1.0f;
  shuffle(1.0f, 0);
  lines.second = __LINE__, static_cast<void>(static_cast<float>(x[thread() ^ 1]));
}

/** The second round overwrites what the first is still reading. */
__global__ void one_barrier_a_round() {
  const Shared<float> x = SharedMemory().take<float>(64);
  for (int round = 0; round < 2; ++round) {
    lines.first = __LINE__, x[thread()] = 1.0f;
    __syncthreads();
    lines.second = __LINE__, static_cast<void>(static_cast<float>(x[63 - thread()]));
  }
}

/** Warps 0 to 2 read, and one of the last warp, which has read before, writes. */
__global__ void third_reader_writes() {
  const Shared<float> x = SharedMemory().take<float>(64);
  if (thread() == 0) x[0] = 1.0f;
  __syncthreads();
  lines.first = __LINE__, static_cast<void>(static_cast<float>(x[0]));
  if (thread() == 70) lines.second = __LINE__, x[0] = 2.0f;
}

/** A lane reads again after the warp's barrier, a second before it; the third writes after it. */
__global__ void late_reader() {
  const Shared<float> x = SharedMemory().take<float>(64);
  if (thread() == 0) x[0] = 1.0f;
  __syncwarp();
  if (thread() == 1) static_cast<void>(static_cast<float>(x[0]));
  __syncwarp();
  if (thread() == 2) lines.first = __LINE__, static_cast<void>(static_cast<float>(x[0]));
  if (thread() == 3) lines.second = __LINE__, x[0] = 2.0f;
}

/** A quad is what a neighbour writes a float of. */
__global__ void part_of_a_quad() {
  SharedMemory as_quads, as_floats;
  const Shared<Quad> quads = as_quads.take<Quad>(64);
  const Shared<float> x = as_floats.take<float>(256);
  lines.first = __LINE__, quads[thread()] = Quad{};
  lines.second = __LINE__, x[(4 * thread() + 6) % 256] = 1.0f;
}

__global__ void part_of_a_word() {
  SharedMemory as_bytes, as_words;
  const Shared<uint8_t> bytes = as_bytes.take<uint8_t>(64);
  const Shared<uint32_t> words = as_words.take<uint32_t>(16);
  bytes[thread()] = 0;
  __syncthreads();
  lines.first = __LINE__, bytes[thread()] = 1;
  if (thread() == 3) lines.second = __LINE__, static_cast<void>(static_cast<uint32_t>(words[0]));
}

const Case races("emulation", [](Test& test) {
  expect_fault(test, "two writes of two warps", write_write, 64, 32);
  expect_fault(test, "two writes of a warp", write_write, 64, 16);
  expect_fault(test, "a read of what another warp writes", write_read, 64, 32);
  expect_fault(test, "a read of what another lane writes", write_read, 64, 1);
  expect_fault(test, "a write of what another warp reads", read_write, 64, 32);
  expect_fault(test, "a write of what another lane reads", read_write, 64, 1);
  expect_fault(test, "a warp's barrier between warps", warp_barrier_between_warps, 64);
  expect_fault(test, "a shuffle for a barrier", shuffle_for_barrier, 64);
  expect_fault(test, "a round without its second barrier", one_barrier_a_round, 64);
  expect_fault(test, "a write by one of three warps that read", third_reader_writes, 96);
  expect_fault(test, "a write beside a late reader", late_reader, 32);
  expect_fault(test, "a write of a part of a quad", part_of_a_quad, 64);
  expect_fault(test, "a read of a word that others write bytes of", part_of_a_word, 64);
});

const Case watched("emulation", [](Test& test) {
  emulation::Watch all(nullptr);
  emulation::Watch two("2");
  for (int launch = 0; launch < 4; ++launch) {
    test.expect(all.includes("kernel", 1, 32, 0), "every launch is watched");
    test.expect(two.includes("kernel", 1, 32, 0) == (launch < 2), "two of one shape are watched");
  }
  test.expect(two.includes("other", 1, 32, 0), "another kernel");
  test.expect(two.includes("kernel", 2, 32, 0), "more blocks");
  test.expect(two.includes("kernel", 1, 64, 0), "more threads");
  test.expect(two.includes("kernel", 1, 32, 16), "more shared memory");
});

// ---- barriers ---------------------------------------------------------------------------------
__global__ void different_barriers() {
  if (thread() < 32)
    lines.first = __LINE__, __syncthreads();
  else
    lines.second = __LINE__, __syncthreads();
}

__global__ void different_barriers_of_a_warp() {
  if (thread() < 16)
    lines.first = __LINE__, __syncwarp();
  else
    lines.second = __LINE__, __syncwarp();
}

__global__ void half_a_warp_waits_for_the_block() {
  if (thread() % 32 < 16)
    lines.first = __LINE__, __syncwarp();
  else
    lines.first = __LINE__, __syncthreads();
}

__global__ void mask_without_the_caller() { lines.first = __LINE__, __syncwarp(0xffffu); }

__global__ void different_masks() {
  lines.first = __LINE__, __syncwarp(thread() < 16 ? 0xffffu | 1u << 31 : 0xffffffffu);
}

__global__ void shuffle_from_an_ended_lane() {
  if (thread() % 32 == 7) return;
  __syncthreads();
  lines.first = __LINE__, shuffle(1.0f, 7);
}

const Case barriers("emulation", [](Test& test) {
  expect_fault(test, "two barriers of a block", different_barriers, 64);
  expect_fault(test, "two barriers of a warp", different_barriers_of_a_warp, 64);
  lines = {};
  expect_fault(test, "a deadlock", {"emulation_cases.cc:", "that never come"},
               [] { launch("kernel", half_a_warp_waits_for_the_block, {1, 1, 1}, 64, 0); });
  expect_fault(test, "a mask that leaves out the caller", mask_without_the_caller, 64);
  expect_fault(test, "two masks", different_masks, 64);
  expect_fault(test, "a shuffle from a lane that has ended", shuffle_from_an_ended_lane, 64);
});

// ---- memory -----------------------------------------------------------------------------------
__global__ void read_shared(int index) {
  const Shared<float> x = SharedMemory().take<float>(64);
  lines.first = __LINE__, static_cast<void>(static_cast<float>(x[index]));
}

__global__ void write_shared(int index) {
  const Shared<float> x = SharedMemory().take<float>(64);
  lines.first = __LINE__, x[index] = 1.0f;
}

/** The block before has written it. */
__global__ void read_unset() {
  const Shared<float> x = SharedMemory().take<float>(64);
  if (thread() < 32 || blockIdx.x != 0) x[thread()] = 1.0f;
  __syncthreads();
  lines.first = __LINE__, static_cast<void>(static_cast<float>(x[63 - thread()]));
}

__global__ void take_shared(int64_t count) {
  SharedMemory memory;
  memory.take<uint8_t>(1);
  lines.first = __LINE__, memory.take<float>(count);
}

__global__ void read_view(View<float> x, int64_t row, int64_t col) { lines.first = __LINE__, x.load(row, col); }

__global__ void write_view(View<float> x, int64_t row, int64_t col) { lines.first = __LINE__, x.store(row, col, 1.0f); }

__global__ void add_to_view(View<float> x, int64_t row, int64_t col) { lines.first = __LINE__, x.add(row, col, 1.0f); }

__global__ void nothing() {}

const Case bounds("emulation", [](Test& test) {
  for (const int index : {-1, 64, 1000}) {
    expect_fault(test, "a read outside of a shared array", read_shared, 1, index);
    expect_fault(test, "a write outside of a shared array", write_shared, 1, index);
  }
  expect_fault(test, "a read of what nobody has written", read_unset, 64);
  // The launch gives 1024 bytes, of which 16 are taken.
  for (const int64_t count : {253, 1000, -1}) expect_fault(test, "too much shared memory", take_shared, 1, count);
  launch("kernel", take_shared, {1, 1, 1}, 1, 1024, 252);
  float numbers[12];
  const View<float> x(Tensor(numbers, 3, 4));
  for (const auto& [row, col] : {std::pair<int64_t, int64_t>{3, 0}, {0, 4}, {-1, 0}, {2, -1}}) {
    expect_fault(test, "a read outside of a matrix", read_view, 1, x, row, col);
    expect_fault(test, "a write outside of a matrix", write_view, 1, x, row, col);
    expect_fault(test, "a sum outside of a matrix", add_to_view, 1, x, row, col);
  }
  const std::string refused = "kernel: no GPU takes this launch";
  expect_fault(test, "a block of 1025 threads", {refused}, [] { launch("kernel", nothing, {1, 1, 1}, 1025, 0); });
  expect_fault(test, "a block of no threads", {refused}, [] { launch("kernel", nothing, {1, 1, 1}, 0, 0); });
  expect_fault(test, "no block", {refused}, [] { launch("kernel", nothing, {0, 1, 1}, 32, 0); });
  expect_fault(test, "228 KB of shared memory", {refused}, [] { launch("kernel", nothing, {1, 1, 1}, 32, 228 << 10); });
});

// ---- writes to global memory ------------------------------------------------------------------
__global__ void write_together(View<float> x) { lines.first = __LINE__, x.store(0, 3, 1.0f); }

__global__ void write_neighbours(View<float> x, bool has_barrier) {
  lines.first = __LINE__, x.store(blockIdx.x, thread(), 1.0f);
  if (has_barrier) __syncthreads();
  lines.second = __LINE__, x.store(blockIdx.x, thread() ^ 1, 2.0f);
}

/** A thread a block: no barrier is between blocks. */
__global__ void write_by_blocks(View<float> x) {
  __syncthreads();
  lines.first = __LINE__, x.store(1, 2, 1.0f);
}

const Case writes("emulation", [](Test& test) {
  std::vector<float> numbers(2 * 64);
  const View<float> x(Tensor(numbers.data(), 2, 64));
  expect_fault(test, "an element that all write", write_together, 64, x);
  expect_fault(test, "an element that two threads write", write_neighbours, 64, x, false);
  expect_fault(test, "an element that two blocks write", write_by_blocks, 1, x);
  for (int i = 0; i < 2; ++i) launch("kernel", write_neighbours, {2, 1, 1}, 64, 0, x, true);
});

// ---- correct kernels --------------------------------------------------------------------------
/** y[t] is set to x[t + apart] twice over. */
__global__ void exchange_by_block(View<float> y, int apart) {
  const Shared<float> x = SharedMemory().take<float>(64);
  float value = static_cast<float>(thread());
  for (int round = 0; round < 2; ++round) {
    x[thread()] = value;
    __syncthreads();
    value = x[(thread() + apart) % 64];
    __syncthreads();
  }
  y.store(blockIdx.x, thread(), value);
}

/** The same inside of a warp, and with what a thread wrote and read itself. */
__global__ void exchange_by_warp(View<float> y) {
  const Shared<float> x = SharedMemory().take<float>(64);
  x[thread()] = -1.0f;
  x[thread()] = static_cast<float>(thread());
  x[thread()] += 1.0f;
  __syncwarp();
  const float value = x[thread() ^ 3];
  __syncwarp();
  x[thread()] = value;
  y.store(blockIdx.x, thread(), x[thread()]);
}

/** Bytes of one word belong to four threads, and quads are what their floats' threads wrote before a barrier. */
__global__ void mixed_sizes(View<float> y) {
  SharedMemory memory, as_quads;
  const Shared<float> x = memory.take<float>(64);
  const Shared<uint8_t> bytes = memory.take<uint8_t>(64);
  const Shared<Quad> quads = as_quads.take<Quad>(16);
  bytes[thread()] = static_cast<uint8_t>(thread());
  x[thread()] = static_cast<float>(static_cast<uint8_t>(bytes[thread()]));
  __syncthreads();
  const Quad quad = quads[thread() / 4];
  y.store(blockIdx.x, thread(), quad.at[thread() % 4] + static_cast<float>(static_cast<uint8_t>(bytes[63 - thread()])));
}

/** Threads that have ended hold up no barrier; shuffles and sums go on in another warp. */
__global__ void early_end(View<float> y) {
  if (thread() >= 40) return;
  __syncthreads();
  float value = static_cast<float>(thread());
  if (thread() < 32) value = shuffle(value, 31 - thread());
  __syncthreads();
  y.store(blockIdx.x, thread(), value);
}

template <class... Parameters, class... Arguments>
void expect_values(Test& test, const std::string& what, void (*kernel)(Parameters...),
                   const std::function<double(int)>& value, Arguments... arguments) {
  Matrix expected(3, 64);
  for (int64_t block = 0; block < 3; ++block)
    for (int i = 0; i < 64; ++i) expected(block, i) = value(i);
  std::vector<float> numbers(expected.values.size());
  launch("kernel", kernel, {3, 1, 1}, 64, 1024, View<float>(Tensor(numbers.data(), 3, 64)), arguments...);
  for (size_t i = 0; i < expected.values.size(); ++i)
    test.expect_equal(static_cast<double>(numbers[i]), expected.values[i], what);
}

const Case correct("emulation", [](Test& test) {
  for (const int apart : {1, 32, 33})
    expect_values(
        test, "an exchange of a block", exchange_by_block, [=](int i) { return (i + 2 * apart) % 64; }, apart);
  expect_values(test, "an exchange of a warp", exchange_by_warp, [](int i) { return (i ^ 3) + 1; });
  expect_values(test, "elements of several sizes", mixed_sizes, [](int i) { return i + 63 - i; });
  expect_values(test, "threads that end early", early_end, [](int i) { return i < 32 ? 31 - i : i < 40 ? i : 0; });
});

}  // namespace
}  // namespace adapter_lab::test
