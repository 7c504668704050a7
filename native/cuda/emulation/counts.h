// What each kernel moved to and from global memory, for comparison with the least that its operation needs.
#pragma once
#include <cstdint>
#include <map>
#include <string>

namespace adapter_lab::emulation {

struct Counts {
  int64_t launches = 0;
  int64_t read_bytes = 0;
  int64_t written_bytes = 0;
};

/** Of the kernel that runs. */
extern Counts* current_counts;

void count_launch(const char* kernel);
inline void count_read(int64_t bytes) { current_counts->read_bytes += bytes; }
inline void count_written(int64_t bytes) { current_counts->written_bytes += bytes; }

/** By kernel, since the last reset. */
const std::map<std::string, Counts>& counts();
void reset_counts();

}  // namespace adapter_lab::emulation
