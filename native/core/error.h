// Errors that cross to TypeScript: a code from a closed list and the data its sentence needs.
#pragma once
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
};

}  // namespace adapter_lab
