#include "cuda/tensor_cores.h"

namespace adapter_lab::gpu {
namespace {

bool are_there = true;

struct Held {
  FragmentA a;
  FragmentB b;
};
static_assert(sizeof(Held) <= emulation::kLargestLaneValue);

Held held_by(const unsigned char* lanes, int lane) {
  Held held;
  std::memcpy(&held, lanes + static_cast<size_t>(lane) * emulation::kLargestLaneValue, sizeof(held));
  return held;
}

float half(uint32_t pair, int index) { return widen(BFloat16{static_cast<uint16_t>(pair >> 16 * index)}); }

}  // namespace

bool has_tensor_cores() { return are_there; }
void pretend_tensor_cores(bool are_there_now) { are_there = are_there_now; }

void multiply_add(FragmentD& d, const FragmentA& a, const FragmentB& b, emulation::Location at) {
  const Held own{a, b};
  const unsigned char* lanes = emulation::gather(&own, sizeof(own), at);
  const int group = lane() / 4, pair = lane() % 4;
  // Of the lane's two rows of a and two columns of b, k = 8 block + 2 other + i.
  float rows[2][16], cols[2][16];
  for (int other = 0; other < 4; ++other) {
    const Held of_row = held_by(lanes, 4 * group + other);
    for (int block = 0; block < 2; ++block)
      for (int i = 0; i < 2; ++i)
        for (int row = 0; row < 2; ++row)
          rows[row][8 * block + 2 * other + i] = half(of_row.a.at[2 * block + row], i);
    for (int col = 0; col < 2; ++col) {
      const Held of_col = held_by(lanes, 4 * (2 * pair + col) + other);
      for (int block = 0; block < 2; ++block)
        for (int i = 0; i < 2; ++i) cols[col][8 * block + 2 * other + i] = half(of_col.b.at[block], i);
    }
  }
  for (int row = 0; row < 2; ++row)
    for (int col = 0; col < 2; ++col)
      for (int k = 0; k < 16; ++k) d.at[2 * row + col] += rows[row][k] * cols[col][k];
}

}  // namespace adapter_lab::gpu
