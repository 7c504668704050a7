#include "cpu/attention_blocks.h"

namespace adapter_lab {

float* attention_scratch(int64_t floats) {
  thread_local std::vector<float> scratch;
  if (static_cast<int64_t>(scratch.size()) < floats) scratch.resize(static_cast<size_t>(floats));
  return scratch.data();
}

std::vector<RowBlock> row_blocks(Sequences texts, int64_t most) {
  std::vector<RowBlock> blocks;
  for (size_t text = 0; text + 1 < texts.starts.size(); ++text) {
    const int64_t start = texts.starts[text];
    const int64_t length = texts.starts[text + 1] - start;
    const int64_t count = (length + most - 1) / most;
    for (int64_t i = count - 1; i >= 0; --i) blocks.push_back({start, length * i / count, length * (i + 1) / count});
  }
  return blocks;
}

}  // namespace adapter_lab
