// Memory that an op needs while it runs, kept for the next one: fresh pages cost more than the work done in them.
#pragma once
#include <cstdint>
#include <mutex>
#include <vector>

#include "ops/ops.h"

namespace adapter_lab {

class Scratch {
 public:
  /** At least `floats` floats, contents undefined; put back when the scope ends. */
  class Lease {
   public:
    Lease(Scratch& scratch, Buffer memory) : scratch_(scratch), memory_(std::move(memory)) {}
    ~Lease() { scratch_.put_back(std::move(memory_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    float* data() const { return static_cast<float*>(memory_.data()); }

   private:
    Scratch& scratch_;
    Buffer memory_;
  };

  Lease take(Ops& ops, int64_t floats, const char* what);

 private:
  void put_back(Buffer memory);

  std::mutex mutex_;
  std::vector<Buffer> free_;
};

}  // namespace adapter_lab
