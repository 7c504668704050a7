#include "cuda/emulation/watch.h"

#include <cstdlib>

namespace adapter_lab::emulation {

namespace {

constexpr int kNoLimit = -1;

}  // namespace

Watch::Watch(const char* limit) : limit_(limit ? std::atoi(limit) : kNoLimit) {}

bool Watch::includes(const std::string& kernel, unsigned blocks, unsigned threads, size_t shared_bytes) {
  return limit_ == kNoLimit || launched_[{kernel, blocks, threads, shared_bytes}]++ < limit_;
}

}  // namespace adapter_lab::emulation
