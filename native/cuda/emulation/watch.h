// Which launches are watched for races: all, unless a limit says how many of one kernel and shape. Whole trainings
// launch the same again and again, and to watch takes two fifths of their time.
#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <tuple>

namespace adapter_lab::emulation {

class Watch {
 public:
  /** Of the environment variable ADAPTER_LAB_WATCHED_LAUNCHES; null is no limit. */
  explicit Watch(const char* limit);

  /** Whether one more launch is watched: of so many blocks, threads a block and bytes of shared memory. */
  bool includes(const std::string& kernel, unsigned blocks, unsigned threads, size_t shared_bytes);

 private:
  int limit_;
  std::map<std::tuple<std::string, unsigned, unsigned, size_t>, int> launched_;
};

}  // namespace adapter_lab::emulation
