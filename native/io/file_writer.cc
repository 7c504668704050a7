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

namespace {

#ifdef O_DIRECT
constexpr int kDirect = O_DIRECT;
#else
constexpr int kDirect = 0;
#endif

}  // namespace

FileWriter::FileWriter(std::string file)
    : file_(std::move(file)),
      block_(std::make_unique_for_overwrite<Block>()),
      cached_(open(file_.c_str(), O_WRONLY | O_CLOEXEC)) {
  if (cached_ < 0) throw Error("file-unwritable", file_, std::strerror(errno));
  direct_ = open(file_.c_str(), O_WRONLY | O_CLOEXEC | kDirect);
}

FileWriter::~FileWriter() {
  close(cached_);
  if (direct_ >= 0) close(direct_);
}

void FileWriter::write(int64_t offset_bytes, const void* data, size_t size_bytes) {
  if (offset_bytes != end_) {
    flush();
    begin_ = end_ = offset_bytes;
  }
  const auto* from = static_cast<const char*>(data);
  while (size_bytes > 0) {
    const size_t at = static_cast<size_t>(end_) % sizeof(Block);
    const size_t part = std::min(size_bytes, sizeof(Block) - at);
    std::memcpy(block_->bytes.data() + at, from, part);
    from += part;
    end_ += static_cast<int64_t>(part);
    size_bytes -= part;
    if (at + part == sizeof(Block)) flush();
  }
}

void FileWriter::flush() {
  // Whole pages alone may go past the cache, which holds what others wrote of those at both ends.
  const int64_t first_page = std::min((begin_ + kPageBytes - 1) / kPageBytes * kPageBytes, end_);
  const int64_t last_page = std::max(end_ / kPageBytes * kPageBytes, first_page);
  put(begin_, first_page, false);
  put(first_page, last_page, true);
  put(last_page, end_, false);
  begin_ = end_;
}

void FileWriter::put(int64_t first, int64_t end, bool is_direct) {
  while (first < end) {
    is_direct = is_direct && direct_ >= 0;
    const char* from = block_->bytes.data() + static_cast<size_t>(first) % sizeof(Block);
    const ssize_t written = pwrite(is_direct ? direct_ : cached_, from, static_cast<size_t>(end - first), first);
    if (written > 0) {
      first += written;
    } else if (is_direct && written < 0 && errno == EINVAL) {
      // Its pages are larger, or it wrote a part of one.
      is_direct = false;
    } else if (written == 0 || errno != EINTR) {
      const bool is_full = errno == ENOSPC || errno == EDQUOT;
      throw Error(is_full ? "disk-full" : "file-unwritable", file_, std::strerror(errno));
    }
  }
}

}  // namespace adapter_lab
