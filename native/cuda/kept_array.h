// An array from the host that operation after operation wants, as all layers of a pass want positions and tiles of
// texts: it is sent again only when it has changed.
#pragma once
#include <algorithm>
#include <span>
#include <vector>

#include "cuda/array.h"
#include "cuda/device_memory.h"

namespace adapter_lab::gpu {

template <class T>
class KeptArray {
 public:
  explicit KeptArray(Staging& staging) : staging_(staging) {}

  /** Until the next call. Work is done in order, so what was begun before has read what it was given. */
  Array<const T> of(std::span<const T> host) {
    if (!std::equal(host.begin(), host.end(), sent_.begin(), sent_.end())) send(host);
    return {static_cast<const T*>(memory_.data()), static_cast<int64_t>(host.size())};
  }

 private:
  void send(std::span<const T> host) {
    sent_.clear();
    if (memory_.size_bytes() < host.size_bytes()) memory_ = take_buffer(host.size_bytes(), "an array of an operation");
    staging_.send(memory_.data(), host.data(), host.size_bytes());
    sent_.assign(host.begin(), host.end());
  }

  Staging& staging_;
  std::vector<T> sent_;
  Buffer memory_;
};

}  // namespace adapter_lab::gpu
