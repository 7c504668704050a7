#include "cuda/tensor_cores.h"

// Of the tests with sanitizers products would take half the time; what is multiplied is checked where it comes from.
#define NOT_SANITIZED __attribute__((no_sanitize("address", "undefined")))

namespace adapter_lab::gpu {
namespace {

bool are_there = true;

struct Held {
  FragmentA a;
  FragmentB b;
};
static_assert(sizeof(Held) <= emulation::kLargestLaneValue);

NOT_SANITIZED inline Held held_by(const unsigned char* lanes, int lane) {
  Held held;
  std::memcpy(&held, lanes + static_cast<size_t>(lane) * emulation::kLargestLaneValue, sizeof(held));
  return held;
}

NOT_SANITIZED inline float half(uint32_t pair, int index) {
  return __builtin_bit_cast(float, index == 0 ? pair << 16 : pair & 0xffff0000u);
}

/** Adds what lane `pair` of `group` holds of the product. */
NOT_SANITIZED void add_products(FragmentD& d, const unsigned char* lanes, int group, int pair) {
  // Along k = 8 block + 2 other + i, the lane's two rows of a and two columns of b.
  for (int block = 0; block < 2; ++block)
    for (int other = 0; other < 4; ++other) {
      const Held rows = held_by(lanes, 4 * group + other);
      const Held first_col = held_by(lanes, 8 * pair + other), second_col = held_by(lanes, 8 * pair + 4 + other);
      for (int i = 0; i < 2; ++i) {
        const float above = half(rows.a.at[2 * block], i), below = half(rows.a.at[2 * block + 1], i);
        const float left = half(first_col.b.at[block], i), right = half(second_col.b.at[block], i);
        d.at[0] += above * left;
        d.at[1] += above * right;
        d.at[2] += below * left;
        d.at[3] += below * right;
      }
    }
}

}  // namespace

bool has_tensor_cores() { return are_there; }
void pretend_tensor_cores(bool are_there_now) { are_there = are_there_now; }

void multiply_add(FragmentD& d, const FragmentA& a, const FragmentB& b, emulation::Location at) {
  const Held own{a, b};
  const unsigned char* lanes = emulation::gather(&own, sizeof(own), at);
  add_products(d, lanes, lane() / 4, lane() % 4);
}

}  // namespace adapter_lab::gpu
