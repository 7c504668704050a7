// Writes into a file that is there, at places that the caller chooses.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace adapter_lab {

class FileWriter {
 public:
  /** Throws Error("file-unwritable", file). */
  explicit FileWriter(std::string file);
  ~FileWriter();
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;
  /** Throws Error("disk-full" or "file-unwritable", file). */
  void write(int64_t offset_bytes, const void* data, size_t size_bytes);

 private:
  std::string file_;
  int descriptor_;
};

}  // namespace adapter_lab
