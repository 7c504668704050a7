// tensor_cores.h on the host. A product gathers what the lanes hold and sums along k in order, in f32: a GPU promises
// no order of its own.
#pragma once
#include <array>
#include <cstring>

namespace adapter_lab::gpu {

/** As on a GPU that has none, or has them. */
void pretend_tensor_cores(bool are_there);

inline void only_with_tensor_cores(GPU_CALLER) {
  if (!has_tensor_cores()) emulation::fail("a kernel for tensor cores runs where there are none", at);
}

inline void only_without_tensor_cores(GPU_CALLER) {
  if (has_tensor_cores()) emulation::fail("a kernel runs in place of the one for tensor cores", at);
}

/** From global memory in one access. */
template <class T>
T read_at_once(const void* from GPU_AND_CALLER) {
  if (reinterpret_cast<uintptr_t>(from) % sizeof(T) != 0) emulation::fail("what is read at once is not aligned", at);
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

/** Two floats as bf16, the first in the lower half. */
inline uint32_t narrow_pair(float first, float second) {
  return narrow<BFloat16>(first).bits | static_cast<uint32_t>(narrow<BFloat16>(second).bits) << 16;
}

/** Four 8 x 8 blocks of 16 bits: lanes 8 i to 8 i + 7 name the rows of block i. Every lane gets the two elements of row
 * lane / 4 from column 2 (lane % 4) on, of the blocks as they are or turned over. */
inline void load_matrices(uint32_t (&blocks)[4], const Shared<Piece>& pieces, int64_t index,
                          bool turned GPU_AND_CALLER) {
  const Piece own = pieces[emulation::Index(index, at)];
  const unsigned char* rows = emulation::gather(&own, sizeof(own), at);
  const auto element = [&](int block, int row, int col) -> uint32_t {
    uint16_t bits;
    const int at_lane = (8 * block + row) * static_cast<int>(emulation::kLargestLaneValue);
    std::memcpy(&bits, rows + at_lane + 2 * col, sizeof(bits));
    return bits;
  };
  const int row = lane() / 4, col = lane() % 4 * 2;
  for (int i = 0; i < 4; ++i)
    blocks[i] = turned ? element(i, col, row) | element(i, col + 1, row) << 16
                       : element(i, row, col) | element(i, row, col + 1) << 16;
}

/** d += a b. */
void multiply_add(FragmentD& d, const FragmentA& a, const FragmentB& b GPU_AND_CALLER);

/** Copies from global to shared memory that go on while the thread computes. What they write is not a number until it
 * is waited for, and their places belong to the thread from their beginning to their end. */
class AsyncCopies {
 public:
  void copy(const Shared<Piece>& to, emulation::Index index, const void* from) {
    if (count_ == kMost) emulation::fail("too many copies are under way", index.at);
    to[index] = Piece{{~0u, ~0u, ~0u, ~0u}};
    pending_[count_++] = {to, index, read_at_once<Piece>(from, index.at), group_};
  }
  /** What was begun since the last call is a group. */
  void commit() { ++group_; }
  /** Waits for this thread's groups but the latest kLeft; others' are known to be there after a barrier. */
  template <int kLeft>
  void wait() {
    size_t left = 0;
    for (size_t i = 0; i < count_; ++i)
      if (pending_[i].group < group_ - kLeft)
        pending_[i].to[pending_[i].index] = pending_[i].value;
      else
        pending_[left++] = pending_[i];
    count_ = left;
  }

 private:
  static constexpr size_t kMost = 128;
  struct Pending {
    Shared<Piece> to{0, 0};
    emulation::Index index{0};
    Piece value{};
    int group = 0;
  };
  std::array<Pending, kMost> pending_;
  size_t count_ = 0;
  int group_ = 0;
};

}  // namespace adapter_lab::gpu
