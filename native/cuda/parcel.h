// Several small arrays that go to the device in one copy.
#pragma once
#include <cstring>
#include <span>
#include <vector>

#include "cuda/array.h"

namespace adapter_lab::gpu {

class Parcel {
 public:
  /** Where an array lies. */
  template <class T>
  struct Place {
    size_t offset;
    int64_t count;
  };

  template <class T>
  Place<T> add(std::span<const T> host) {
    static_assert(alignof(T) <= kAlignment);
    const size_t offset = (bytes_.size() + kAlignment - 1) / kAlignment * kAlignment;
    bytes_.resize(offset + host.size_bytes());
    if (!host.empty()) std::memcpy(bytes_.data() + offset, host.data(), host.size_bytes());
    return {offset, static_cast<int64_t>(host.size())};
  }

  void send(Scratch& scratch) { sent_ = scratch.upload(bytes_.data(), static_cast<int64_t>(bytes_.size())); }
  /** After send. */
  template <class T>
  Array<const T> get(Place<T> place) const {
    return {reinterpret_cast<const T*>(sent_ + place.offset), place.count};
  }

 private:
  static constexpr size_t kAlignment = 8;
  std::vector<char> bytes_;
  const char* sent_ = nullptr;
};

}  // namespace adapter_lab::gpu
