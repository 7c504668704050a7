// Linux: /proc/meminfo and control groups, version 2. Elsewhere nothing is known.
#include "cpu/available_memory.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <limits>
#include <string>

namespace adapter_lab {
namespace {

constexpr size_t kUnknown = std::numeric_limits<size_t>::max();

/** One number of a file; kUnknown when there is none ("max"). */
size_t read_number(const std::string& file_name) {
  std::ifstream file(file_name);
  size_t number = 0;
  return file >> number ? number : kUnknown;
}

/** An entry of /proc/meminfo; kUnknown when there is none. */
size_t machine_bytes(const char* wanted) {
  std::ifstream file("/proc/meminfo");
  std::string name;
  std::string unit;
  for (size_t kilobytes = 0; file >> name >> kilobytes && std::getline(file, unit);)
    if (name == wanted) return kilobytes * 1024;
  return kUnknown;
}

/** With the free swap. */
size_t free_machine_bytes() {
  const size_t available = machine_bytes("MemAvailable:");
  const size_t swap = machine_bytes("SwapFree:");
  return available == kUnknown || swap == kUnknown ? available : available + swap;
}

/** The tightest limit of the control group (version 2) and its parents, less what is used and cannot be dropped. */
size_t group_bytes() {
  std::ifstream file("/proc/self/cgroup");
  size_t left = kUnknown;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("0::")) continue;
    for (std::string path = line.substr(3);; path.erase(path.rfind('/'))) {
      if (path == "/") path.clear();
      const std::string folder = "/sys/fs/cgroup" + path;
      const size_t limit = read_number(folder + "/memory.max");
      const size_t used = read_number(folder + "/memory.current");
      if (limit != kUnknown && used != kUnknown) {
        size_t cache = 0;
        std::ifstream statistics(folder + "/memory.stat");
        std::string name;
        for (size_t bytes = 0; statistics >> name >> bytes;)
          if (name == "inactive_file") cache = bytes;
        left = std::min(left, limit - std::min(limit, used - std::min(used, cache)));
      }
      if (path.rfind('/') == std::string::npos) break;
    }
  }
  return left;
}

}  // namespace

size_t available_memory_bytes() { return std::min(free_machine_bytes(), group_bytes()); }

size_t machine_memory_bytes() {
  const size_t total = machine_bytes("MemTotal:");
  return total == kUnknown ? 0 : total;
}

}  // namespace adapter_lab
