// Linux: the affinity mask, the topology in /sys and control groups, version 2.
#include "core/usable_cores.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <string>
#include <thread>

#ifdef __linux__
#include <sched.h>
#endif

namespace adapter_lab {
namespace {

#ifdef __linux__

/** CPUs of the affinity mask that are not a second thread of a core already counted. */
int affinity_cores() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (sched_getaffinity(0, sizeof mask, &mask) != 0) return 0;
  std::set<std::string> cores;
  int unknown = 0;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &mask)) continue;
    std::ifstream file("/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/thread_siblings_list");
    std::string siblings;
    if (file >> siblings)
      cores.insert(siblings);
    else
      ++unknown;
  }
  return static_cast<int>(cores.size()) + unknown;
}

/** CPUs' worth of time of the control group at `path` (version 2), 0 when it has no limit. */
double quota_of(const std::string& path) {
  std::ifstream file("/sys/fs/cgroup" + path + "/cpu.max");
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max" || period <= 0) return 0;
  return std::strtod(quota.c_str(), nullptr) / period;
}

/** The tightest quota of this process's control group and its parents, 0 without one. */
double group_quota() {
  double tightest = 0;
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("0::")) continue;
    for (std::string path = line.substr(3);; path.erase(path.rfind('/'))) {
      if (path == "/") path.clear();
      const double quota = quota_of(path);
      if (quota > 0 && (tightest == 0 || quota < tightest)) tightest = quota;
      if (path.rfind('/') == std::string::npos) break;
    }
  }
  return tightest;
}

#else

int affinity_cores() { return 0; }
double group_quota() { return 0; }

#endif

}  // namespace

int usable_cores() {
  int cores = affinity_cores();
  if (cores == 0) cores = static_cast<int>(std::thread::hardware_concurrency());
  const double quota = group_quota();
  if (quota > 0) cores = std::min(cores, static_cast<int>(std::ceil(quota)));
  return std::max(cores, 1);
}

}  // namespace adapter_lab
