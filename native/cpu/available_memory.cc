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

/** MemAvailable and the free swap of /proc/meminfo. */
size_t machine_bytes() {
  std::ifstream file("/proc/meminfo");
  size_t available = kUnknown;
  size_t swap = 0;
  std::string name;
  std::string unit;
  for (size_t kilobytes = 0; file >> name >> kilobytes && std::getline(file, unit);) {
    if (name == "MemAvailable:") available = kilobytes * 1024;
    if (name == "SwapFree:") swap = kilobytes * 1024;
  }
  return available == kUnknown ? kUnknown : available + swap;
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

size_t available_memory_bytes() { return std::min(machine_bytes(), group_bytes()); }

}  // namespace adapter_lab
