// Writes into a file that is there, at places that the caller chooses. Whole pages go past the page cache where the
// file system can: a checkpoint is hardly ever read again, and its cached pages cost more than all the rest to take,
// fill and free.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace adapter_lab {

class FileWriter {
 public:
  /** Throws Error("file-unwritable", file). */
  explicit FileWriter(std::string file);
  ~FileWriter();
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;
  /** Bytes that follow each other are gathered until a block is full; `flush` writes the last ones.
   *  Both throw Error("disk-full" or "file-unwritable", file). */
  void write(int64_t offset_bytes, const void* data, size_t size_bytes);
  void flush();

 private:
  static constexpr int64_t kPageBytes = 4096;
  struct alignas(kPageBytes) Block {
    std::array<char, size_t{1} << 20> bytes;
  };

  void put(int64_t first, int64_t end, bool is_direct);

  std::string file_;
  /** Gathered bytes of the file from begin_ to end_, each at its offset within a block. */
  std::unique_ptr<Block> block_;
  int64_t begin_ = 0;
  int64_t end_ = 0;
  int cached_;
  int direct_ = -1;  // stays so where the file system cannot
};

}  // namespace adapter_lab
