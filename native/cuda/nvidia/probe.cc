#include "cuda/probe.h"

#include <cuda_runtime.h>

#include <cstdio>

namespace adapter_lab::gpu {
namespace {

std::string uuid_of(const cudaUUID_t& uuid) {
  std::string text = "GPU-";
  for (int i = 0; i < 16; ++i) {
    char byte[4];
    std::snprintf(byte, sizeof(byte), "%02x", static_cast<unsigned>(static_cast<unsigned char>(uuid.bytes[i])));
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += byte;
  }
  return text;
}

ListedGpu list_gpu(int index) {
  ListedGpu gpu;
  cudaDeviceProp properties{};
  cudaError_t error = cudaGetDeviceProperties(&properties, index);
  gpu.name = properties.name;
  gpu.uuid = uuid_of(properties.uuid);
  gpu.capability = 10 * properties.major + properties.minor;
  gpu.total_bytes = properties.totalGlobalMem;
  if (error == cudaSuccess) error = cudaSetDevice(index);
  size_t total = 0;
  if (error == cudaSuccess) error = cudaMemGetInfo(&gpu.free_bytes, &total);
  if (error != cudaSuccess) gpu.failure = cudaGetErrorName(error);
  return gpu;
}

}  // namespace

Listing list_gpus() {
  Listing listing;
  cudaDriverGetVersion(&listing.driver_version);
  cudaRuntimeGetVersion(&listing.runtime_version);
  int count = 0;
  const cudaError_t error = cudaGetDeviceCount(&count);
  if (error != cudaSuccess) {
    listing.failure = cudaGetErrorName(error);
    return listing;
  }
  for (int index = 0; index < count; ++index) listing.gpus.push_back(list_gpu(index));
  return listing;
}

bool has_no_gpu(const Listing& listing) {
  return listing.gpus.empty() && (listing.driver_version == 0 || listing.failure == "cudaErrorNoDevice");
}

}  // namespace adapter_lab::gpu
