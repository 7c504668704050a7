// A read-only mapping of part of a file, unmapped by scope.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace adapter_lab {

class MappedRange {
 public:
  /** Maps [offset, offset + size). Throws Error("file-unreadable") or Error("file-truncated"). */
  MappedRange(const std::string& file, int64_t offset_bytes, int64_t size_bytes);
  ~MappedRange();
  MappedRange(const MappedRange&) = delete;
  MappedRange& operator=(const MappedRange&) = delete;
  const void* data() const { return data_; }

 private:
  void* mapping_ = nullptr;
  size_t mapped_bytes_ = 0;
  const void* data_ = nullptr;
};

}  // namespace adapter_lab
