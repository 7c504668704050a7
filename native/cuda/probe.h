// What GPUs there are, and whether one computes rightly. For files that nvcc does not compile, too.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace adapter_lab::gpu {

struct ListedGpu {
  std::string name;
  /** As CUDA_VISIBLE_DEVICES takes it, e.g. GPU-3f2b... */
  std::string uuid;
  /** 89 for 8.9. */
  int capability = 0;
  size_t free_bytes = 0, total_bytes = 0;
  /** CUDA's name of what went wrong when it was first used, e.g. cudaErrorDevicesUnavailable; empty when nothing did. */
  std::string failure;
};

struct Listing {
  /** 13020 for 13.2; 0 without a driver. */
  int driver_version = 0, runtime_version = 0;
  /** CUDA's name of why there are none; empty when there are. */
  std::string failure;
  std::vector<ListedGpu> gpus;
};

/** Takes a context of each GPU, in their order. */
Listing list_gpus();
/** There is none, or no driver, which is the same to a program. */
bool has_no_gpu(const Listing& listing);

struct Trial {
  bool kernel_is_right = false, product_is_right = false;
};

/** Adds and multiplies on the first GPU. Throws what the device does. */
Trial try_gpu();

}  // namespace adapter_lab::gpu
