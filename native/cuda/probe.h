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
  /** CUDA's name of what went wrong when it was first used, e.g. cudaErrorDevicesUnavailable;
   *  empty when nothing did. */
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

/** Adds and multiplies on the first GPU, by own kernels. Throws what the device does. */
Trial try_gpu();

struct LibraryTrial {
  /** As the library tells it, e.g. 131001 for 13.10.1; 0 where it cannot be opened. */
  int version = 0;
  bool product_is_right = false;
};
/** Multiplies by cuBLASLt of this file on the first GPU, where it is of the version that can be used, and compares with
 *  own kernels. Throws what the loader, the library and the device do. */
LibraryTrial try_cublas_lt(const char* file);

}  // namespace adapter_lab::gpu
