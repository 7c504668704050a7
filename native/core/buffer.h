// Memory of a backend, freed by scope.
#pragma once
#include <cstddef>
#include <memory>

namespace adapter_lab {

/** Owns backend memory through a deleter that the backend gave it. Move only. */
class Buffer {
 public:
  Buffer() = default;
  Buffer(void* data, size_t size_bytes, void (*release)(void*)) : data_(data, release), size_bytes_(size_bytes) {}
  void* data() const { return data_.get(); }
  size_t size_bytes() const { return size_bytes_; }
  explicit operator bool() const { return data_ != nullptr; }

 private:
  static void keep(void*) {}
  std::unique_ptr<void, void (*)(void*)> data_{nullptr, keep};
  size_t size_bytes_ = 0;
};

}  // namespace adapter_lab
