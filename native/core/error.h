// Errors that cross to TypeScript: a code from a closed list and the data its sentence needs.
#pragma once
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

namespace adapter_lab {

/** `code` names an entry of extension/shared/failures.ts; `subject` is the file, tensor or buffer. */
struct Error : std::runtime_error {
  Error(const char* code, std::string subject, std::string detail = {}, int64_t size_bytes = 0)
      : std::runtime_error(std::string(code) + ": " + subject + (detail.empty() ? "" : ": " + detail)),
        code(code),
        subject(std::move(subject)),
        detail(std::move(detail)),
        size_bytes(size_bytes) {}
  const char* code;
  std::string subject;
  std::string detail;
  int64_t size_bytes;
  int64_t free_bytes = -1;   // of memory that ran out: what is left; -1 where it is not known
  int64_t taken_bytes = -1;  // what this process has of it
};

/** `what` names the buffer of `size_bytes`. */
inline Error out_of_memory(const char* what, size_t size_bytes, size_t free_bytes, size_t taken_bytes) {
  Error error("out-of-memory", what, "", static_cast<int64_t>(size_bytes));
  error.free_bytes = static_cast<int64_t>(free_bytes);
  error.taken_bytes = static_cast<int64_t>(taken_bytes);
  return error;
}

}  // namespace adapter_lab
