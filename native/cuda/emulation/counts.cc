#include "cuda/emulation/counts.h"

namespace adapter_lab::emulation {
namespace {

std::map<std::string, Counts> all;
Counts nobody;

}  // namespace

Counts* current_counts = &nobody;

void count_launch(const char* kernel) {
  current_counts = &all[kernel];
  ++current_counts->launches;
}

const std::map<std::string, Counts>& counts() { return all; }

void reset_counts() {
  all.clear();
  current_counts = &nobody;
}

}  // namespace adapter_lab::emulation
