// What lanes of a warp hold of the matrices of tensor cores, element by element as the PTX manual places it ("Matrix
// fragments for mma.m16n8k16 with floating point type", "ldmatrix"), and copies that go on beside a thread.
#include "cuda/tensor_cores.h"

#include <functional>

#include "cuda/view.h"
#include "harness.h"

namespace adapter_lab::test {
namespace {

using namespace gpu;

/** Whole numbers that bf16 holds and whose products f32 sums exactly. */
Matrix whole_numbers(Test& test, int64_t rows, int64_t cols) {
  Matrix x(rows, cols);
  for (double& value : x.values) value = static_cast<double>(test.random_below(17)) - 8.0;
  return x;
}

std::vector<float> floats_of(const Matrix& x) { return {x.values.begin(), x.values.end()}; }

uint32_t bits_of(float value) { return narrow<BFloat16>(value).bits; }

void expect_product(Test& test, const Matrix& a, const Matrix& b, const std::vector<float>& got,
                    const std::string& what) {
  for (int64_t i = 0; i < 16; ++i)
    for (int64_t j = 0; j < b.cols; ++j) {
      double sum = 0.0;
      for (int64_t k = 0; k < 16; ++k) sum += a(i, k) * b(k, j);
      test.expect_equal(static_cast<double>(got[static_cast<size_t>(i * b.cols + j)]), sum, what);
    }
}

/** d (16,8) is set to a (16,16) b (16,8) by elements a0 to a7, b0 to b3 and c0 to c3 of each lane as the manual numbers
 * them. */
__global__ void by_the_manual(View<float> d, View<const float> a, View<const float> b) {
  const int group = lane() >> 2, in_group = lane() % 4;
  FragmentA of_a{};
  for (int i = 0; i < 8; ++i) {
    const int row = i < 2 || (4 <= i && i < 6) ? group : group + 8;
    const int col = i < 4 ? in_group * 2 + (i & 1) : in_group * 2 + (i & 1) + 8;
    of_a.at[i / 2] |= bits_of(a.load(row, col)) << i % 2 * 16;
  }
  FragmentB of_b{};
  for (int i = 0; i < 4; ++i) {
    const int row = i < 2 ? in_group * 2 + (i & 1) : in_group * 2 + (i & 1) + 8;
    of_b.at[i / 2] |= bits_of(b.load(row, group)) << i % 2 * 16;
  }
  FragmentD of_d{};
  multiply_add(of_d, of_a, of_b);
  for (int i = 0; i < 4; ++i) {
    const int row = i < 2 ? group : group + 8, col = in_group * 2 + (i & 1);
    d.store(row, col, of_d.at[i]);
  }
}

const Case fragments("tensor_cores", [](Test& test) {
  Matrix identity(16, 16);
  for (int64_t i = 0; i < 16; ++i) identity(i, i) = 1.0;
  Matrix upper(16, 8);
  for (int64_t i = 0; i < 8; ++i) upper(i, i) = 1.0;
  const Matrix a = whole_numbers(test, 16, 16), b = whole_numbers(test, 16, 8);
  const std::pair<Matrix, Matrix> pairs[] = {{identity, b}, {a, upper}, {a, b}};
  for (const auto& [left, right] : pairs) {
    std::vector<float> d(16 * 8), of_left = floats_of(left), of_right = floats_of(right);
    launch("kernel", by_the_manual, {1, 1, 1}, 32, 0, View<float>(Tensor(d.data(), 16, 8)),
           View<const float>(Tensor(of_left.data(), 16, 16)), View<const float>(Tensor(of_right.data(), 16, 8)));
    expect_product(test, left, right, d, "a product of fragments");
  }
});

/** Element (lane, 2 i + j) of y is number j that the lane gets of block i; blocks hold 0, 1, 2, ... by rows. */
__global__ void read_blocks(View<float> y, bool turned) {
  const Shared<Piece> pieces = SharedMemory().take<Piece>(32);
  float values[8];
  for (int i = 0; i < 8; ++i) values[i] = static_cast<float>(8 * lane() + i);
  pieces[lane()] = narrow_eight(values);
  __syncwarp();
  uint32_t blocks[4];
  load_matrices(blocks, pieces, lane(), turned);
  for (int i = 0; i < 8; ++i)
    y.store(lane(), i, widen(BFloat16{static_cast<uint16_t>(blocks[i / 2] >> i % 2 * 16)}));
}

const Case blocks("tensor_cores", [](Test& test) {
  for (const bool turned : {false, true}) {
    std::vector<float> y(32 * 8);
    launch("kernel", read_blocks, {1, 1, 1}, 32, 512, View<float>(Tensor(y.data(), 32, 8)), turned);
    for (int lane = 0; lane < 32; ++lane)
      for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 2; ++j) {
          const int row = lane / 4, col = lane % 4 * 2 + j;
          const int expected = 64 * i + (turned ? 8 * col + row : 8 * row + col);
          const float got = y[static_cast<size_t>(8 * lane + 2 * i + j)];
          test.expect_equal(static_cast<double>(got), expected, "a block");
        }
  }
});

constexpr int kPitch = 5;

/** x (rows, 16 or more) to shared memory, as it lies. */
__device__ void stage(const Shared<Piece>& pieces, int first, const View<const float>& x) {
  for (int at = lane(); at < x.rows * x.cols / 8; at += 32) {
    const int64_t row = at / (x.cols / 8), col = at % (x.cols / 8) * 8;
    float values[8];
    for (int i = 0; i < 8; ++i) values[i] = x.load(row, col + i);
    pieces[first + row * kPitch + col / 8] = narrow_eight(values);
  }
}

/** d (16,16) is set to the product of lines 8 to 23 of a and lines 16 to 31 of b, along steps 8 to 23. */
__global__ void multiply_lines(View<float> d, View<const float> a, bool a_are_columns, View<const float> b,
                               bool b_are_columns) {
  const Shared<Piece> pieces = SharedMemory().take<Piece>(2 * 32 * kPitch);
  stage(pieces, 0, a);
  stage(pieces, 32 * kPitch, b);
  __syncwarp();
  const LinesInShared left{pieces, 0, kPitch, a_are_columns};
  const LinesInShared right{pieces, 32 * kPitch, kPitch, b_are_columns};
  const FragmentA rows = left.load_a(8, 8);
  FragmentB cols[2];
  right.load_b(cols[0], cols[1], 16, 8);
  for (int j = 0; j < 2; ++j) {
    FragmentD sums{};
    multiply_add(sums, rows, cols[j]);
    for (int i = 0; i < FragmentD::kElements; ++i) d.store(FragmentD::row(i), 8 * j + FragmentD::col(i), sums.at[i]);
  }
}

const Case lines("tensor_cores", [](Test& test) {
  for (const bool a_are_columns : {false, true})
    for (const bool b_are_columns : {false, true}) {
      const Matrix a = whole_numbers(test, 32, 32), b = whole_numbers(test, 32, 32);
      Matrix left(16, 16), right(16, 16);
      for (int64_t i = 0; i < 16; ++i)
        for (int64_t k = 0; k < 16; ++k) {
          left(i, k) = a_are_columns ? a(8 + k, 8 + i) : a(8 + i, 8 + k);
          right(k, i) = b_are_columns ? b(8 + k, 16 + i) : b(16 + i, 8 + k);
        }
      std::vector<float> d(16 * 16), of_a = floats_of(a), of_b = floats_of(b);
      launch("kernel", multiply_lines, {1, 1, 1}, 32, 2 * 32 * kPitch * sizeof(Piece),
             View<float>(Tensor(d.data(), 16, 16)), View<const float>(Tensor(of_a.data(), 32, 32)), a_are_columns,
             View<const float>(Tensor(of_b.data(), 32, 32)), b_are_columns);
      expect_product(test, left, right, d, "a product of lines");
    }
});

/** Two groups of copies, of which all or all but the last are waited for; y (32, 2) gets what is there then. */
template <int kLeft>
__global__ void copy_beside(View<float> y, Piece* source) {
  const Shared<Piece> pieces = SharedMemory().take<Piece>(64);
  AsyncCopies copies;
  for (int group = 0; group < 2; ++group) {
    copies.copy(pieces, 32 * group + lane(), source + 32 * group + lane());
    copies.commit();
  }
  copies.wait<kLeft>();
  for (int group = 0; group < 2; ++group) {
    const Piece piece = pieces[32 * group + lane()];
    y.store(lane(), group, bit_cast<float>(piece.at[3]));
  }
}

/** A lane reads what another copied, with no barrier between. */
__global__ void read_unordered_copy(Piece* source) {
  const Shared<Piece> pieces = SharedMemory().take<Piece>(32);
  AsyncCopies copies;
  copies.copy(pieces, lane(), source + lane());
  copies.commit();
  copies.wait<0>();
  static_cast<void>(static_cast<Piece>(pieces[lane() ^ 1]));
}

__global__ void copy_unaligned(const char* source) {
  const Shared<Piece> pieces = SharedMemory().take<Piece>(32);
  AsyncCopies().copy(pieces, lane(), source + 8);
}

__global__ void multiply_without_a_lane() {
  if (lane() == 31) return;
  FragmentD sums{};
  multiply_add(sums, {}, {});
}

void expect_fault(Test& test, const std::string& part, const std::function<void()>& run) {
  try {
    run();
    test.expect(false, "no fault: " + part);
  } catch (const emulation::Fault& fault) {
    const std::string what = fault.what();
    test.expect(what.find(part) != std::string::npos, "another fault: " + what);
  }
}

const Case copies("tensor_cores", [](Test& test) {
  std::vector<Piece> source(64);
  for (size_t i = 0; i < source.size(); ++i) source[i].at[3] = bit_cast<uint32_t>(static_cast<float>(i));
  std::vector<float> y(64);
  const View<float> to(Tensor(y.data(), 32, 2));
  launch("kernel", copy_beside<0>, {1, 1, 1}, 32, 1024, to, source.data());
  for (size_t i = 0; i < 64; ++i)
    test.expect_equal(static_cast<double>(y[i]), static_cast<double>(i / 2 + i % 2 * 32), "a copy");
  launch("kernel", copy_beside<1>, {1, 1, 1}, 32, 1024, to, source.data());
  for (size_t i = 0; i < 64; ++i)
    test.expect(i % 2 == 0 ? y[i] == static_cast<float>(i / 2) : std::isnan(y[i]), "what was not waited for is there");
  expect_fault(test, "of shared memory",
               [&] { launch("kernel", read_unordered_copy, {1, 1, 1}, 32, 512, source.data()); });
  const char* bytes = reinterpret_cast<const char*>(source.data());
  expect_fault(test, "not aligned", [&] { launch("kernel", copy_unaligned, {1, 1, 1}, 32, 512, bytes); });
  expect_fault(test, "has ended", [] { launch("kernel", multiply_without_a_lane, {1, 1, 1}, 32, 0); });
});

}  // namespace
}  // namespace adapter_lab::test
