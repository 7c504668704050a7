// POSIX mapping; a Windows twin would implement the same class with MapViewOfFile.
#include "io/mapped_range.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/error.h"

namespace adapter_lab {
namespace {

struct Descriptor {
  explicit Descriptor(const std::string& file) : value(open(file.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~Descriptor() {
    if (value >= 0) close(value);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int value;
};

}  // namespace

MappedRange::MappedRange(const std::string& file, int64_t offset_bytes, int64_t size_bytes) {
  const Descriptor descriptor(file);
  struct stat status;
  if (descriptor.value < 0 || fstat(descriptor.value, &status) != 0)
    throw Error("file-unreadable", file, std::strerror(errno));
  if (offset_bytes < 0 || size_bytes < 0 || offset_bytes > status.st_size || size_bytes > status.st_size - offset_bytes)
    throw Error("file-truncated", file, "", status.st_size);
  if (size_bytes == 0) return;
  const int64_t lead = offset_bytes % sysconf(_SC_PAGESIZE);
  mapped_bytes_ = static_cast<size_t>(size_bytes + lead);
  mapping_ = mmap(nullptr, mapped_bytes_, PROT_READ, MAP_PRIVATE, descriptor.value, offset_bytes - lead);
  if (mapping_ == MAP_FAILED) throw Error("file-unreadable", file, std::strerror(errno));
  madvise(mapping_, mapped_bytes_, MADV_SEQUENTIAL);
  data_ = static_cast<const char*>(mapping_) + lead;
}

MappedRange::~MappedRange() {
  if (mapped_bytes_ > 0) munmap(mapping_, mapped_bytes_);
}

}  // namespace adapter_lab
