// What the CUDA kernels move on a model's shapes, beside the least that they have to.
#pragma once
#include <string>
#include <vector>

#include "core/tensor.h"
#include "cuda/emulation/counts.h"

namespace adapter_lab::test {

/** A model's shape, and the rows that stand for the 2,048 tokens of a micro-batch: the modelled GPU shrinks with them.
 *  Of its attention heads some. */
struct CountedShape {
  const char* name;
  int64_t hidden, intermediate, heads, kv_heads, head_dim, vocabulary;
  int64_t rows;            // of row kernels
  int64_t logit_rows;      // of those that read logits
  int64_t attention_rows;  // one text
};
extern const CountedShape kSmolLm2;
extern const CountedShape kSevenBillion;

struct CountedOp {
  std::string name;
  double ideal_bytes;   // each input read once, each output written once
  double operand_bytes;  // each element with the operands of its own, those that it shares with its row or column too
  double limit;         // of memory traffic beside the ideal; 0: none
  bool is_row_kernel;   // what it asks for is held to operand_bytes, and what it touches to what it asks for
  emulation::Counts counts;

  double memory_ratio() const { return static_cast<double>(counts.memory_bytes()) / ideal_bytes; }
  double distinct_ratio() const { return static_cast<double>(counts.distinct_bytes()) / ideal_bytes; }
  double asked_ratio() const { return static_cast<double>(counts.asked_bytes()) / operand_bytes; }
  double sector_ratio() const {
    return static_cast<double>(counts.sectors) / static_cast<double>(counts.needed_sectors);
  }
  double shared_ratio() const {
    return counts.needed_shared_passes == 0
               ? 1.0
               : static_cast<double>(counts.shared_passes) / static_cast<double>(counts.needed_shared_passes);
  }
  /** What is over its limit, as a sentence; empty where nothing is. */
  std::string excess() const;
};

/** Every operation of a training step, once. */
std::vector<CountedOp> count_ops(const CountedShape& shape, DType activation);

}  // namespace adapter_lab::test
