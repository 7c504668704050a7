// One launch over many tensors: each is cut into runs of elements, a block works on one run. A block finds its tensor
// by bisection in the numbers of the first runs, so that what goes to the device is a line for each tensor.
#pragma once
#include <span>
#include <vector>

#include "cuda/array.h"
#include "cuda/parcel.h"
#include "cuda/rows.h"

namespace adapter_lab::gpu {

constexpr int64_t kRunElements = 4096;

struct OwnRun {
  int64_t tensor;
  int64_t first;  // element

  /** Behind the last element, of a tensor of `count`. */
  __device__ __forceinline__ int64_t end(int64_t count) const {
    return first + kRunElements < count ? first + kRunElements : count;
  }
};

/** Of run blockIdx.x. first_runs has a number for each tensor: that of its first run among those of all. */
__device__ __forceinline__ OwnRun own_run(const Array<const int64_t>& first_runs) {
  const int64_t run = blockIdx.x;
  int64_t tensor = 0;
  int64_t behind = first_runs.count;  // the last tensor that begins at or before the run lies in [tensor, behind)
  while (behind - tensor > 1) {
    const int64_t middle = (tensor + behind) / 2;
    if (first_runs.load_by_all(middle) <= run)
      tensor = middle;
    else
      behind = middle;
  }
  return {tensor, (run - first_runs.load_by_all(tensor)) * kRunElements};
}

/** A packed tensor of floats. */
inline Array<float> array_of(Tensor x) { return {x.f32(), x.count()}; }

/** The tensors of a launch, each as a kernel sees it: an Entry. */
template <class Entry>
class TensorRuns {
 public:
  void add(const Entry& entry, int64_t count) {
    entries_.push_back(entry);
    first_runs_.push_back(count_);
    count_ += ceil_div(count, kRunElements);
  }
  /** Of all tensors. */
  int64_t count() const { return count_; }

  /** kernel(entries, first_runs, arguments...) with a block for each run, if there is any. */
  template <class... Parameters, class... Arguments>
  void launch_over(const char* name, void (*kernel)(Parameters...), size_t shared_bytes, Scratch& scratch,
                   Arguments... arguments) const {
    if (count_ == 0) return;
    Parcel parcel;
    const auto entries = parcel.add(std::span<const Entry>(entries_));
    const auto first_runs = parcel.add(std::span<const int64_t>(first_runs_));
    parcel.send(scratch);
    launch(name, kernel, block_of_each(count_), kElementThreads, shared_bytes, parcel.get(entries),
           parcel.get(first_runs), arguments...);
  }

 private:
  std::vector<Entry> entries_;
  std::vector<int64_t> first_runs_;
  int64_t count_ = 0;
};

}  // namespace adapter_lab::gpu
