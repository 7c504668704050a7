// POSIX; a Windows twin would implement the same class with WriteFile and an OVERLAPPED offset.
#include "io/file_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/error.h"

namespace adapter_lab {

FileWriter::FileWriter(std::string file) : file_(std::move(file)), descriptor_(open(file_.c_str(), O_WRONLY | O_CLOEXEC)) {
  if (descriptor_ < 0) throw Error("file-unwritable", file_, std::strerror(errno));
}

FileWriter::~FileWriter() { close(descriptor_); }

void FileWriter::write(int64_t offset_bytes, const void* data, size_t size_bytes) {
  constexpr size_t kMostBytes = size_t{1} << 30;  // of one call
  const auto* from = static_cast<const char*>(data);
  while (size_bytes > 0) {
    const ssize_t written = pwrite(descriptor_, from, std::min(size_bytes, kMostBytes), offset_bytes);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const bool is_full = errno == ENOSPC || errno == EDQUOT;
      throw Error(is_full ? "disk-full" : "file-unwritable", file_, std::strerror(errno));
    }
    from += written;
    offset_bytes += written;
    size_bytes -= static_cast<size_t>(written);
  }
}

}  // namespace adapter_lab
